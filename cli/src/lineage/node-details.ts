import { NodeDocument, VersionFilesDocument, type NodeQuery, type VersionFilesQuery } from "@clew/schema/graphql";
import type { ClewClient } from "../client.ts";
import { bytes, shortDigest } from "../terminal/format.ts";
import type { Paint } from "../terminal/paint.ts";
import { clean, wrap } from "../terminal/text.ts";
import type { Trace } from "./trace.ts";

const LINE_LENGTH = 100;

export interface DetailOptions {
  readonly files: boolean;
  readonly columns: boolean;
}

type Found = NonNullable<NodeQuery["node"]>;
export type VersionNode = Extract<Found, { __typename: "DatasetVersion" | "ModelVersion" }>;
type DatasetVersion = Extract<Found, { __typename: "DatasetVersion" }>;
type Files = Extract<NonNullable<VersionFilesQuery["node"]>, { files: object }>["files"]["nodes"];
type Lineage = VersionNode["columnLineage"][number];

/** Files and columns of every version that a trace shows, as lines below their nodes. */
export async function detailsOf(
  client: ClewClient,
  trace: Trace,
  options: DetailOptions,
  paint: Paint,
): Promise<Map<string, string[]>> {
  const nodes = [trace.root, ...trace.edges.map(({ node }) => node)];
  const ids = nodes.filter(({ __typename: type }) => type === "DatasetVersion" || type === "ModelVersion");
  const details = new Map<string, string[]>();
  for (const { id } of ids) {
    const files = options.files ? fileLines(await filesOf(client, id), paint) : [];
    const columns = options.columns ? await columnLines(client, id, paint) : [];
    details.set(id, [...files, ...columns]);
  }
  return details;
}

/** All files of a version, by path. */
export async function filesOf(client: ClewClient, version: string): Promise<Files> {
  const files: Files = [];
  for (let after: string | null = null; ; ) {
    const { node }: VersionFilesQuery = await client.request(VersionFilesDocument, {
      version,
      ...(after === null ? {} : { after }),
    });
    if (node === null || !("files" in node)) return files;
    files.push(...node.files.nodes);
    after = node.files.pageInfo.endCursor;
    if (!node.files.pageInfo.hasNextPage || after === null) return files;
  }
}

function fileLines(files: Files, paint: Paint): string[] {
  return files.map(({ path, sizeBytes, digest }) => {
    return `${clean(path)}  ${paint("dim", `${bytes(sizeBytes)}, ${shortDigest(digest)}`)}`;
  });
}

async function columnLines(client: ClewClient, id: string, paint: Paint): Promise<string[]> {
  const { node } = await client.request(NodeDocument, { id });
  if (node?.__typename === "DatasetVersion") return datasetColumns(node, paint);
  if (node?.__typename !== "ModelVersion") return [];
  return node.columnLineage.map((one) => `${clean(one.column)}  ${sourceWords(one, paint)}`);
}

/** A line for each column of which is known where it comes from; the others one behind the other. */
function datasetColumns({ schema, columnLineage }: DatasetVersion, paint: Paint): string[] {
  const sources = new Map(columnLineage.map((one) => [one.column, one]));
  const known = schema.flatMap(({ name, type }) => {
    const from = sources.get(name);
    return from === undefined ? [] : [`${clean(name)}  ${paint("dim", type)}  ${sourceWords(from, paint)}`];
  });
  const others = schema.filter(({ name }) => !sources.has(name)).map(({ name, type }) => clean(`${name} ${type}`));
  return [...known, ...wrap(others, LINE_LENGTH).map((line) => paint("dim", line))];
}

/** "← flights/flights.dep_delay, flights/weather.temp: dep_delay - mean": by dataset where it is known, else by the input's role. */
export function sourceWords({ from, ...how }: Lineage, paint: Paint): string {
  const sources = from.map(({ input, dataset, column }) => clean(`${dataset ?? input}.${column}`)).join(", ");
  const words = howWords(how);
  return `← ${sources}${words === "" ? "" : paint("dim", `  ${clean(words)}`)}`;
}

/** "dep_delay - mean, masked"; empty for a column that is another as it is. */
export function howWords({ via, expression, masking }: Pick<Lineage, "via" | "expression" | "masking">): string {
  const how = [via === "IDENTITY" ? "" : (expression ?? via.toLowerCase()), masking ? "masked" : ""];
  return how.filter((part) => part !== "").join(", ");
}
