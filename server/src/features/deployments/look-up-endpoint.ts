import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import type { Principal } from "../../graphql/principal.ts";
import type { UserError } from "../../ledger/command.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { findOne } from "../catalog/index.ts";
import { Endpoint } from "./endpoint.node.ts";

/** The endpoint that an input's field `endpoint` names by id or key, where the caller may read it. */
export async function lookUpEndpoint(
  reader: NodeReader,
  principal: Principal,
  text: string,
): Promise<NodeOf<typeof Endpoint> | { readonly errors: readonly UserError[] }> {
  const asked = { field: "endpoint", types: [Endpoint.name], unknown: `there is no endpoint ${text}` };
  const found = await findOne(reader, principal, text, asked);
  return "errors" in found ? found : nodeOf(Endpoint, found);
}
