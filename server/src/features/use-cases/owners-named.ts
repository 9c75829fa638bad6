import { clientError } from "../../graphql/errors.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { findAgents } from "../access/index.ts";

/** The ids of the agents that an `owner` argument means. @throws NOT_FOUND where there is none. */
export async function ownersNamed(reader: NodeReader, owner: string): Promise<readonly string[]> {
  const found = await findAgents(reader, owner);
  if (found.length === 0) throw clientError("NOT_FOUND", `there is no agent ${owner}`, { path: ["owner"] });
  return found;
}
