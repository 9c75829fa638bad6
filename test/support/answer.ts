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
