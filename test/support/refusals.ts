import type { Answer } from "./answer.ts";
import type { TestServer } from "./server.ts";

export interface Refusal {
  readonly code: string;
  readonly path: readonly string[];
}

interface Payload {
  readonly userErrors: readonly (Refusal & { readonly message: string })[];
  readonly ledgerSeq: number | null;
}

/** Does what must be refused. Answers the first refusal, and by how many entries the ledger has grown (which should be 0). */
export async function refusal(
  server: TestServer,
  act: () => Promise<Answer<unknown>>,
): Promise<Refusal & { readonly grown: number; readonly message: string }> {
  const before = await server.ledgerSize();
  const { data, text } = await act();
  const [payload] = Object.values((data ?? {}) as Record<string, Payload>);
  const [first] = payload?.userErrors ?? [];
  if (!first) throw new Error(`nothing was refused: ${text}`);
  const { code, path, message } = first;
  return { code, path, message, grown: (await server.ledgerSize()) - before };
}

/** What became of one mutation or look-up: ok, null for what is not shown, or the code of what refused it. */
export function codeOf({ data, errors }: Answer<unknown>): string {
  if (errors[0]) return errors[0].extensions.code;
  const [payload] = Object.values((data ?? {}) as Record<string, { userErrors?: { code: string }[] } | null>);
  return payload === null ? "null" : (payload?.userErrors?.[0]?.code ?? "ok");
}
