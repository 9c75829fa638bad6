import { formatKey } from "@clew/schema";
import { nodeOf } from "../../core/define-node.ts";
import type { ProjectedEntry } from "../../ledger/ledger-tail.ts";
import { eachNode, type NodeReader } from "../../ports/node-reader.ts";
import { Alert } from "../alerts/index.ts";
import { Deployment } from "../deployments/index.ts";
import { ASK } from "./occasions.ts";

const PAGE = 100;

/** What is to be said of an alert that has outlived what it is about. */
interface Outlived {
  readonly alert: string;
  readonly resolution: string;
}

/** Whether an entry lets an endpoint serve another revision than before. */
export function mayOutlive({ type }: Pick<ProjectedEntry, "type">): boolean {
  return type === "deployment.activated";
}

/** The alerts that are open about a revision in whose place another is served now. A trigger's question stays: it is a person's to answer. */
export async function outlivedAlerts(reader: NodeReader, entry: ProjectedEntry): Promise<Outlived[]> {
  const superseded = entry.changes.flatMap((change) =>
    change.op === "node" && change.type === Deployment.name && change.set["state"] === "SUPERSEDED" ? [change.id] : [],
  );
  const found: Outlived[] = [];
  for (const state of await reader.byIds(superseded)) {
    const revision = nodeOf(Deployment, state);
    const resolution = `${formatKey(revision, revision.version)}, which it is about, is not served any more`;
    const filter = { types: [Alert.name], namespaces: null, parent: revision.id, states: ["OPEN", "ACKNOWLEDGED"] };
    for await (const one of eachNode(reader, filter, "OLDEST", PAGE)) {
      const { id, name } = nodeOf(Alert, one);
      if (!name.startsWith(ASK)) found.push({ alert: id, resolution });
    }
  }
  return found;
}
