import type { SqlDatabase } from "../adapters/mikro-orm/index.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { LineageGraph } from "../ports/lineage-graph.ts";

/** What the stores are, once opened. */
export interface Stores {
  readonly database: SqlDatabase;
  readonly graph: LineageGraph;
  readonly artifacts: ArtifactStore;
}
