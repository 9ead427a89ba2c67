export { type Api, type ApiOptions, createApi, type FetchAnswer, unwrap } from "./client.ts";
export type { components, paths } from "./generated.ts";
export { ApiProblem, type FieldError } from "./problem.ts";

import type { components } from "./generated.ts";

/** The schemas of infra/openapi.yaml by their names. */
export type Schemas = components["schemas"];
