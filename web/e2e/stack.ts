import { readFileSync } from "node:fs";

export interface User {
  email: string;
  password: string;
  role: string;
}

interface StackFile {
  api_url: string;
  web_url: string;
  twilio_url: string;
  tenants: { id: string; name: string; users: User[] }[];
}

/** The running stack, where `SEP_STACK` or the repository's `.local` says it is. */
export const stack: StackFile = JSON.parse(
  readFileSync(process.env.SEP_STACK ?? new URL("../../.local/stack.json", import.meta.url), "utf8"),
);

/** A user of the first tenant. */
export function user(name: string): User {
  const users = stack.tenants[0]?.users ?? [];
  const found = users.find(({ email }) => email.startsWith(`${name}@`));
  if (found === undefined) throw new Error(`${stack.tenants[0]?.name} has no ${name}`);
  return found;
}

/** Somebody who uses the API without a page. */
export class Client {
  readonly #token: string;

  private constructor(token: string) {
    this.#token = token;
  }

  static async signIn({ email, password }: User): Promise<Client> {
    const tokens = await request<{ access_token: string }>("POST", "/v1/auth/sign-in", { email, password });
    return new Client(tokens.access_token);
  }

  get<Answer>(path: string): Promise<Answer> {
    return request("GET", path, undefined, this.#token);
  }

  post<Answer>(path: string, body?: unknown): Promise<Answer> {
    return request("POST", path, body, this.#token);
  }
}

/** Says how calls to a number go, e.g. `{to, ring_ms, answer_ms, talk_ms}`. */
export async function script(call: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${stack.twilio_url}/_control/script`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(call),
  });
  if (!response.ok) throw new Error(`the stand-in answered ${response.status}`);
}

async function request<Answer>(
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<Answer> {
  const headers: Record<string, string> = { "Idempotency-Key": crypto.randomUUID() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token !== undefined) headers.Authorization = `Bearer ${token}`;
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await fetch(stack.api_url + path, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}
