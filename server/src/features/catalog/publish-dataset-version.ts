import {
  type Column,
  type ColumnLineage,
  Columns,
  type ColumnStatistics,
  ManifestFile,
  Name,
  Namespace,
  NodeId,
  StatisticsOfColumns,
} from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import type { EdgeEnd } from "../../core/define-node.ts";
import { firstRepeated } from "../../core/first-repeated.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { type DatasetContent, externalContent, heldContent } from "./dataset-content.ts";
import { datasetVersionPublished } from "./dataset-version.published.fact.ts";
import { DatasetVersion, ExternalSource } from "./dataset-version.node.ts";
import { Dataset } from "./dataset.node.ts";
import { assetId, datasetVersionId } from "./ids.ts";

/** Files of one mutation; more go through several versions or a file of files. */
const FILES_MAX = 2000;

export const Files = z
  .array(ManifestFile)
  .max(FILES_MAX)
  .superRefine((files, context) => {
    const again = firstRepeated(files.map(({ path }) => path));
    if (again >= 0)
      context.addIssue({ code: "custom", path: [again, "path"], message: "two files have the same path" });
  });

export const PublishDatasetVersion = z
  .strictObject({
    namespace: Namespace,
    name: Name,
    files: Files.default([]),
    source: ExternalSource.nullable().default(null),
    schema: Columns.default([]),
    rows: z.number().int().nonnegative().nullable().default(null),
    statistics: StatisticsOfColumns.default([]),
    derivedFrom: z.array(NodeId).max(1000).default([]),
  })
  .refine((input) => input.files.length > 0 !== (input.source !== null), {
    path: ["files"],
    message: "give either files, which Clew holds, or a source, where the data is",
  })
  .meta({ id: "PublishDatasetVersion" });
export type PublishDatasetVersion = z.infer<typeof PublishDatasetVersion>;

/** What a new version says beyond its content; a run's output comes this way too. */
export interface NewDatasetVersion {
  readonly namespace: string;
  readonly name: string;
  readonly content: DatasetContent;
  readonly source: PublishDatasetVersion["source"];
  readonly schema: readonly Column[];
  readonly rows: number | null;
  readonly statistics: readonly ColumnStatistics[];
  readonly columnLineage: readonly ColumnLineage[];
  readonly derivedFrom: readonly EdgeEnd[];
  readonly generatedBy: string | null;
}

export function contentOf(input: PublishDatasetVersion): DatasetContent {
  return input.source ? externalContent(input.source, input.schema) : heldContent(input.files, input.schema);
}

export function publishDatasetVersion(input: PublishDatasetVersion) {
  const content = contentOf(input);
  const datasetId = assetId("Dataset", input);
  const id = datasetVersionId(datasetId, content.digest);
  return {
    heads: [datasetId, id, ...input.derivedFrom],
    decide: (heads: Heads, context: FactContext): Decision<{ datasetVersion: string }> => {
      const missing = input.derivedFrom.findIndex((source) => !heads.has(source));
      if (missing >= 0) return noSource(input.derivedFrom, missing);
      if (input.derivedFrom.includes(id))
        return refuse("LINEAGE_CYCLE", ["derivedFrom"], "a version cannot come from itself");
      const wrong = input.derivedFrom.findIndex((source) => heads.get(DatasetVersion, source) === undefined);
      if (wrong >= 0)
        return refuse("WRONG_TYPE", ["derivedFrom", String(wrong)], "only a DatasetVersion can be a source here");
      const known = heads.get(DatasetVersion, id);
      if (known) return sameLineage(known.derivedFrom, input.derivedFrom, known.id);
      const derivedFrom = input.derivedFrom.map((source) => ({ id: source }));
      const next = newDatasetVersion(heads, context, {
        ...input,
        content,
        columnLineage: [],
        derivedFrom,
        generatedBy: null,
      });
      return { facts: [next.fact], answer: { datasetVersion: id }, side: { files: next.files } };
    },
  };
}

/** Says the same of a source that is not there and of one that the caller may not read. */
export function noSource(sources: readonly string[], position: number) {
  return refuse("UNKNOWN_NODE", ["derivedFrom", String(position)], `no node ${sources[position]}: publish it first`);
}

/** The same content again is the same version, unless it is told with other sources: arrows are drawn once. */
function sameLineage(
  known: readonly EdgeEnd[],
  asked: readonly string[],
  id: string,
): Decision<{ datasetVersion: string }> {
  const before = new Set(known.map((end) => end.id));
  const isSame = before.size === new Set(asked).size && asked.every((source) => before.has(source));
  if (isSame) return { facts: [], answer: { datasetVersion: id } };
  const message = `this content is already ${id}, derived from other versions; lineage is written once`;
  return refuse("VERSION_CONFLICT", ["derivedFrom"], message);
}

/** The fact of a version's first publication, and its files' rows. */
export function newDatasetVersion(heads: Heads, { at }: FactContext, version: NewDatasetVersion) {
  const { namespace, name, content } = version;
  const datasetId = assetId("Dataset", version);
  const before = heads.get(Dataset, datasetId);
  const number = (before?.latestVersion ?? 0) + 1;
  const id = datasetVersionId(datasetId, content.digest);
  const { files, ...identity } = content;
  return {
    id,
    fact: datasetVersionPublished.of({
      dataset: { id: datasetId, namespace, name, latestVersion: number, createdAt: before?.createdAt ?? at },
      version: {
        id,
        namespace,
        name,
        version: number,
        ...identity,
        source: version.source,
        schema: [...version.schema],
        rows: version.rows,
        statistics: [...version.statistics],
        columnLineage: [...version.columnLineage],
        createdAt: at,
        dataset: datasetId,
        derivedFrom: [...version.derivedFrom],
        generatedBy: version.generatedBy,
      },
    }),
    files: files.map((file) => ({ versionId: id, ...file })),
  };
}
