import { nodeOf, type NodeOf } from "../../core/define-node.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { Deployment } from "./deployment.node.ts";
import { Endpoint } from "./endpoint.node.ts";

type Revision = NodeOf<typeof Deployment>;

/** The models whose answers reach somebody: shadows' do not. */
export function answeringModels({ serves }: Pick<Revision, "serves">): string[] {
  return serves.flatMap(({ id, mode }) => (mode === "LIVE" ? [id] : []));
}

/** Whether something else is active than this revision, and none of the models that answered for it answers now. */
export async function isOutlived(reader: NodeReader, revision: Revision): Promise<boolean> {
  const [endpoint] = await reader.byIds([revision.endpoint]);
  const { active } = nodeOf(Endpoint, endpoint!);
  if (active === revision.id) return false;
  const now = await reader.byIds(active === null ? [] : [active]);
  const answering = new Set(now.flatMap((state) => answeringModels(nodeOf(Deployment, state))));
  return !answeringModels(revision).some((model) => answering.has(model));
}
