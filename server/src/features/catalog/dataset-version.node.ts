import { Columns, LineageOfColumns, Name, Namespace, Sha256, StatisticsOfColumns } from "@clew/schema";
import { z } from "zod";
import { defineNode, many, maybe, one } from "../../core/define-node.ts";
import { document } from "../../core/document.ts";
import { Time } from "../../core/time.ts";
import { attributedTo } from "../access/index.ts";

/** What identifies data that Clew does not copy: a table, a bucket, a stream. */
export const ExternalSource = z
  .strictObject({
    uri: z.string().min(1).max(2000),
    /** Snapshot id, log position, version id, or query and time: whatever the system itself calls this state. */
    snapshot: z.string().min(1).max(500),
  })
  .meta({ id: "ExternalSource" });

export const DatasetVersion = defineNode("DatasetVersion", {
  description: "An immutable state of a dataset.",
  kind: "version",
  fields: {
    namespace: Namespace,
    name: Name,
    version: z.number().int().min(1).max(2_000_000_000),
    digest: Sha256.describe("SHA-256 of the manifest: sorted paths, sizes and digests of the files, and the schema."),
    isContentAddressed: z
      .boolean()
      .describe("False for data that Clew does not hold: then the digest covers what identifies it there."),
    source: ExternalSource.nullable(),
    schema: document(Columns),
    schemaDigest: Sha256,
    rows: z.number().int().nonnegative().nullable(),
    fileCount: z.number().int().nonnegative(),
    sizeBytes: z.number().int().nonnegative(),
    statistics: document(StatisticsOfColumns),
    columnLineage: document(LineageOfColumns),
    createdAt: Time,
  },
  edges: {
    dataset: one("VERSION_OF", "Dataset"),
    derivedFrom: many("DERIVED_FROM", "DatasetVersion"),
    generatedBy: maybe("GENERATED_BY", "Run"),
    attributedTo,
  },
  parent: "dataset",
  indexed: ["attributedTo"],
});
