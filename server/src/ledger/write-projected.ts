import type { Projected } from "../core/define-fact.ts";
import type { BatchState, BatchWrites, LedgerEntry, LedgerStore } from "../ports/ledger-store.ts";
import { NodeChanges } from "./node-changes.ts";
import { TagBeliefs } from "./tag-beliefs.ts";

/**
 * Writes what entries that were recorded before make of nodes, their history and tags, on what those before them made.
 * @param entries those that are to be appended with it: all of them, or none that are in the ledger already.
 */
export async function writeProjected(
  ledger: Pick<LedgerStore, "transact">,
  projected: readonly Projected[],
  entries: readonly LedgerEntry[],
): Promise<void> {
  const ids = projected.flatMap(({ changes }) => changes.flatMap((one) => (one.op === "node" ? [one.id] : [])));
  const said = projected.flatMap(({ words }) => words.map((word) => ({ ...word, from: word.validFrom })));
  const reads = { nodeIds: [...new Set(ids)].toSorted(), idempotencyKeys: [], tags: said };
  const decide = (state: BatchState): BatchWrites => {
    const nodes = new NodeChanges(state.nodes);
    const tags = new TagBeliefs(state.tags);
    for (const { seq, changes, words } of projected) {
      nodes.apply(changes, seq);
      for (const word of words) tags.say(word, seq);
    }
    const none = { idempotency: [], side: [], personal: [], documents: [], erased: [] };
    return { ...none, entries, ...nodes.writes(), tags: tags.written };
  };
  await ledger.transact(() => reads, decide);
}
