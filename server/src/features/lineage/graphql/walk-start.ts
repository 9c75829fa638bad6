import { parseKey } from "@clew/schema";
import type { NodeState } from "../../../core/graph-change.ts";
import type { Context } from "../../../graphql/context.ts";
import { clientError, notFound } from "../../../graphql/errors.ts";
import { GraphUnavailable } from "../../../ports/lineage-graph.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { findNodes } from "../../catalog/index.ts";

export const NODES_MAX = 10_000;
export const TIMEOUT_MS = 10_000;
/** A walk visits far more nodes than it answers. */
export const WALK_COST = 1_000;
/** How long a walk waits for the graph to reach the entry that it needs. */
const BEHIND_MAX_MS = 2_000;

/** How far the graph is: from the follower. */
export interface GraphProgress {
  waitFor(seq: number, timeoutMs: number): Promise<boolean>;
}

/** When a walk is asked for: arrows of that time, known after that entry, in a graph that has taken in at least `minSeq`. */
export interface WalkTime {
  readonly asOf?: number | undefined;
  readonly knownAt?: number | undefined;
  readonly minSeq?: number | undefined;
}

/** The node of a walk's end, once the caller may read it and the graph has come far enough. */
export async function walkStart(
  { reader, progress }: { readonly reader: NodeReader; readonly progress: GraphProgress },
  idOrKey: string,
  time: WalkTime,
  { principal }: Context,
): Promise<NodeState> {
  const [state, another] = await findNodes(reader, principal, idOrKey, { at: time.asOf, knownSeq: time.knownAt });
  if (state === undefined) throw noStart(idOrKey);
  if (another) throw clientError("INVALID_INPUT", `${idOrKey} is both ${state.type} and ${another.type}; give the id`);
  if (!wasThere(state, time)) throw clientError("NOT_FOUND", `${idOrKey} was not there then`);
  const seq = Math.max(time.minSeq ?? 0, state.createdSeq);
  const isThere = await progress.waitFor(seq, BEHIND_MAX_MS);
  if (!isThere) throw clientError("GRAPH_BEHIND", `the graph has not yet reached entry ${seq}`);
  return state;
}

function noStart(idOrKey: string) {
  if (parseKey(idOrKey) === null) return notFound("node");
  return clientError("NOT_FOUND", `there is no ${idOrKey}, or none that you may read`);
}

/** Whether a node had been made at the time that is asked about: of what was not, "nothing" would be a wrong answer. */
function wasThere({ createdSeq, attributes }: NodeState, { asOf, knownAt }: WalkTime): boolean {
  const madeAt = attributes["createdAt"] ?? attributes["queuedAt"] ?? attributes["firstAt"] ?? attributes["decidedAt"];
  return createdSeq <= (knownAt ?? Infinity) && (typeof madeAt !== "number" || madeAt <= (asOf ?? Infinity));
}

/** What a graph answers. @throws GRAPH_UNAVAILABLE while its store cannot be reached. */
export async function available<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof GraphUnavailable) throw clientError("GRAPH_UNAVAILABLE", error.message);
    throw error;
  }
}
