import { ColumnUsesDocument, type ColumnUsesQuery } from "@clew/schema/graphql";
import type { ClewClient } from "../client.ts";
import { plural } from "../terminal/format.ts";
import type { Paint } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";
import { howWords } from "./node-details.ts";
import { labelOf, paintedName } from "./node-label.ts";
import { reasonLines } from "./render-tree.ts";

type Page = ColumnUsesQuery["columnUses"];
type Use = Page["edges"][number];
type Feature = Use["features"][number];

/** Who uses a column of a dataset: every page, newest versions first. */
export interface ColumnUses extends Pick<Page, "edges" | "untold" | "reasons" | "ledgerSeq"> {
  readonly column: string;
}

interface ColumnQuestion {
  /** An id. */
  readonly dataset: string;
  readonly column: string;
  readonly minSeq?: number;
}

/** As many as the server lets one query ask for. */
const PAGE = 100;

export async function columnUses(client: ClewClient, asked: ColumnQuestion): Promise<ColumnUses> {
  const edges: Use[] = [];
  for (let after: string | null = null; ; ) {
    const { columnUses: page }: ColumnUsesQuery = await client.request(ColumnUsesDocument, {
      ...asked,
      first: PAGE,
      after,
    });
    edges.push(...page.edges);
    after = page.pageInfo.endCursor;
    const { untold, reasons, ledgerSeq } = page;
    if (!page.pageInfo.hasNextPage || after === null)
      return { column: asked.column, edges, untold, reasons, ledgerSeq };
  }
}

export function useLines({ column, edges, untold, reasons }: ColumnUses, paint: Paint): string[] {
  const uses = edges.flatMap(({ node, features, featureCount }) => {
    const more = featureCount > features.length ? [paint("dim", `and ${featureCount - features.length} more`)] : [];
    const lines = [...features.map((feature) => featureLine(feature, column, paint)), ...more];
    return [nodeLine(node, paint), ...lines.map((line) => `    ${line}`)];
  });
  const unknown = untold.map((node) => `${paint("yellow", "?")} ${nodeLine(node, paint)}`);
  const count = edges.length === 0 ? "no model version" : plural(edges.length, "model version");
  const ending = paint("dim", `${count} with features from ${clean(column)}`);
  return [...uses, ...unknown, ending, ...reasonLines(reasons, "deeper than the server looks", paint)];
}

function nodeLine(node: Use["node"], paint: Paint): string {
  const { detail } = labelOf(node);
  return `${paintedName(node, paint)}${detail === "" ? "" : `  ${paint("dim", detail)}`}`;
}

/** "x  ← n/prepared@1.area  ← postcode  left(postcode, 2), masked": each step with how it was made of the one behind it. */
function featureLine({ name, steps }: Feature, column: string, paint: Paint): string {
  const words = steps.map((step, at) => {
    const nearer = steps[at + 1];
    const place = nearer === undefined ? column : `${keyOf(nearer.version)}.${nearer.column}`;
    const how = howWords(step);
    return `← ${clean(place)}${how === "" ? "" : paint("dim", `  ${clean(how)}`)}`;
  });
  return [clean(name), ...words].join("  ");
}

function keyOf(version: Feature["steps"][number]["version"]): string {
  return "key" in version ? version.key : version.id;
}
