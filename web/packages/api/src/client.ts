import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./generated.ts";
import { ApiProblem } from "./problem.ts";

/** The API, each path with its parameters, body and answers as infra/openapi.yaml has them. */
export type Api = Client<paths>;

export interface ApiOptions {
  /** Ends before `/v1`; empty for the origin that the page came from. */
  baseUrl?: string;
  /** A token that holds; `undefined` for requests that need none. Rejects when the session is over. */
  accessToken(): Promise<string | undefined>;
  /** Called with a token that was refused; gives the next one, `undefined` where there is none. */
  renew(refused: string): Promise<string | undefined>;
  /** Milliseconds until a request is given up. */
  timeout?: number;
}

const TIMEOUT = 20_000;
/** Requests that bring their own proof, or get one. */
const WITHOUT_TOKEN = /^\/v1\/auth\/(sign-in|challenge|refresh|password\/(forgot|reset)|oidc\/config)$/;

/** A client that signs requests, and asks once more with a new token where the gateway did not like the old one. */
export function createApi({ baseUrl = "", accessToken, renew, timeout = TIMEOUT }: ApiOptions): Api {
  const send = async (request: Request): Promise<Response> => {
    try {
      return await fetch(request, {
        signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeout)]),
      });
    } catch (error) {
      // Cancelled by the caller: no failure. Anything else is a request without an answer.
      if (request.signal.aborted) throw error;
      throw new ApiProblem(0, undefined);
    }
  };
  const authorized = async (request: Request): Promise<Response> => {
    if (WITHOUT_TOKEN.test(new URL(request.url).pathname)) return await send(request);
    const token = await accessToken();
    const again = request.clone();
    const response = await send(signed(request, token));
    if (response.status !== 401 || token === undefined) return response;
    const next = await renew(token);
    return next === undefined ? response : await send(signed(again, next));
  };
  return createClient<paths>({ baseUrl, fetch: authorized });
}

/** The answer of a call to the client. */
export interface FetchAnswer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The body of a success; throws `ApiProblem` for anything else. */
export async function unwrap<Data>(answer: Promise<FetchAnswer<Data>>): Promise<Exclude<Data, undefined>> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new ApiProblem(response.status, error, response.headers);
  return data as Exclude<Data, undefined>;
}

function signed(request: Request, token: string | undefined): Request {
  if (token !== undefined) request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}
