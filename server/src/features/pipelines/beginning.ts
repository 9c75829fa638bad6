import type { Failure, Json } from "@clew/schema";
import type { Fact, FactContext } from "../../core/define-fact.ts";
import type { Command, Heads, Recorded, UserError } from "../../ledger/command.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import type { StepNode } from "./step-outcome.ts";

export interface PipelineParts {
  readonly reader: NodeReader;
  readonly artifacts: ArtifactStore;
  readonly record: <Answer extends Json>(command: Command<Answer>) => Promise<Recorded<Answer>>;
}

/** What of a step an entry changes. */
export type StepChange = Partial<Omit<StepNode, "id" | "type">>;

/** What a step's beginning does: facts of its own, and what becomes of the step; or why it cannot begin. */
export type Begun =
  | { readonly facts: readonly Fact[]; readonly change: StepChange }
  | { readonly failure: Failure; readonly facts?: readonly Fact[]; readonly change?: StepChange }
  | { readonly errors: readonly UserError[] };

/** How a step begins: what it reads under the ledger's lock, and what it decides there. */
export interface Beginning {
  readonly heads: readonly string[];
  readonly begin: (heads: Heads, context: FactContext) => Begun;
}

/** Of a step that cannot begin. */
export function failing(failure: Failure): Beginning {
  return { heads: [], begin: () => ({ failure }) };
}
