import { NodeId, timeId } from "@clew/schema";
import { nodeOf } from "../../core/define-node.ts";
import { clientError } from "../../graphql/errors.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { Agent, attributedTo } from "./agent.node.ts";

/** More agents than one may have a name: those of each kind, and those that two servers made at the same moment. */
const SAME_NAME_MAX = 100;

/**
 * The agent of this kind and name, the one that was first; a new id where there is none. Ids are random: one that followed from the name
 * would tell it to whoever guesses, after it was erased as well.
 */
export async function findAgent(reader: NodeReader, kind: string, name: string): Promise<string> {
  const filter = { types: [Agent.name], namespaces: null, name, personalNames: true };
  const found = await reader.list(filter, "OLDEST", null, SAME_NAME_MAX);
  return found.find((state) => nodeOf(Agent, state).kind === kind)?.id ?? timeId(Agent.name);
}

/**
 * The ids that an argument of this name means: itself where it is the id of an agent or a runner, or the agents of this name.
 * @throws NOT_FOUND where there is nobody
 */
export async function agentsNamed(reader: NodeReader, argument: string, idOrName: string): Promise<readonly string[]> {
  const filter = { types: [Agent.name], namespaces: null, name: idOrName, personalNames: true };
  const found = NodeId.safeParse(idOrName).success
    ? (await reader.byIds([idOrName])).filter(({ type }) => attributedTo.targets.includes(type))
    : await reader.list(filter, "OLDEST", null, SAME_NAME_MAX);
  if (found.length === 0) throw clientError("NOT_FOUND", `there is no agent ${idOrName}`, { path: [argument] });
  return found.map(({ id }) => id);
}
