/** A field at fault; for a conflict, which conflict it is. */
export interface FieldError {
  field: string;
  code: string;
  message: string;
}

/** A request that was refused, or that got no answer (`status` 0). `message` is meant for people. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly type: string;
  readonly errors: FieldError[];
  /** To be quoted where it was our fault. */
  readonly requestId: string | undefined;
  /** Seconds after which to try again. */
  readonly retryAfter: number | undefined;

  constructor(status: number, body: unknown, headers?: Headers) {
    const problem = isRecord(body) ? body : {};
    super(typeof problem.detail === "string" ? problem.detail : (GATEWAY_SAYS[status] ?? UNKNOWN));
    this.name = "ApiProblem";
    this.status = status;
    this.type = typeof problem.type === "string" ? problem.type : "about:blank";
    this.errors = Array.isArray(problem.errors) ? problem.errors.filter(isFieldError) : [];
    this.requestId = headers?.get("X-Request-Id") ?? undefined;
    this.retryAfter = seconds(headers?.get("Retry-After"));
  }

  /** The code of the conflict, or of the first field at fault. */
  get code(): string | undefined {
    return this.errors[0]?.code;
  }
}

const UNKNOWN = "Something went wrong. Please try again.";
/** The gateway answers some requests by itself, with a word or nothing. */
const GATEWAY_SAYS: Record<number, string> = {
  0: "There was no answer. Check the connection and try again.",
  401: "Please sign in again.",
  403: "This is not allowed.",
  429: "Too many requests. Please wait a moment.",
  503: "The service cannot answer at the moment. Please try again.",
};

function seconds(header: string | null | undefined): number | undefined {
  const value = Number.parseInt(header ?? "", 10);
  return Number.isNaN(value) ? undefined : value;
}

function isFieldError(error: unknown): error is FieldError {
  return isRecord(error) && typeof error.code === "string" && typeof error.message === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
