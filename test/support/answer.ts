import type { TypedDocumentString } from "@clew/schema/graphql";

/** An error as a caller sees it. */
export interface CallerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly [key: string]: unknown };
}

export interface Answer<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data;
  readonly errors: readonly CallerError[];
  readonly extensions: Readonly<Record<string, unknown>>;
  /** The body as it came. */
  readonly text: string;
}

type Variables = Readonly<Record<string, unknown>>;
export type Gql = {
  // oxlint-disable-next-line typescript/no-explicit-any -- a document that is not typed answers what its reader says it does
  <Data = any>(text: string, variables?: Variables, token?: string): Promise<Answer<Data>>;
  <Data, Asked>(document: TypedDocumentString<Data, Asked>, variables: Asked, token?: string): Promise<Answer<Data>>;
};

/** What the builders need of a server, in this process or in another. */
export interface ReachableServer {
  readonly url: string;
  readonly adminToken: string;
  /** Executes an operation over HTTP, as the administrator unless another token is given ("" for none). */
  readonly gql: Gql;
}

export function bearer(token: string): Record<string, string> {
  return token === "" ? {} : { authorization: `Bearer ${token}` };
}

export async function post<Data>(url: string, body: unknown, token: string): Promise<Answer<Data>> {
  const headers = { "content-type": "application/json", ...bearer(token) };
  return readAnswer(await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify(body) }));
}

export async function readAnswer<Data = unknown>(response: Response): Promise<Answer<Data>> {
  const text = await response.text();
  const body = JSON.parse(text) as Partial<Answer<Data>>;
  const { data = null as Data, errors = [], extensions = {} } = body;
  return { status: response.status, headers: response.headers, data, errors, extensions, text };
}

/** How a test asks the server at `url`. */
export function gqlOf(url: string, adminToken: string): Gql {
  return <Data>(document: unknown, variables: unknown = {}, token = adminToken) =>
    post<Data>(url, { query: String(document), variables }, token);
}
