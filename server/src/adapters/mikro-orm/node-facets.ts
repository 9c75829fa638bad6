import type { Json } from "@clew/schema";
import { endsOf } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";

/** Columns of a node for texts of its attributes, whichever those are of its type, and for the ends of an edge. */
export const FACET_COLUMNS = ["facet1", "facet2", "facet3", "facet4", "ends"] as const;
const TEXTS = FACET_COLUMNS.slice(0, 4);

type Facets = [
  facet1: string | null,
  facet2: string | null,
  facet3: string | null,
  facet4: string | null,
  ends: string | null,
];

/**
 * What node definitions declare as `indexed`: texts, each in the column of its position, so that an index knows the nodes of one value in the
 * order in which they were made; and an edge to many nodes, of which the column `ends` has every end. Expressions over the attributes, which
 * need no columns, parse the JSON again for every index: PostgreSQL took half as long again for a batch.
 */
const FACETS: Readonly<Record<string, { readonly texts: readonly string[]; readonly edge?: string }>> = {
  Run: { texts: ["runType", "kind", "plugin.name", "attributedTo"], edge: "triggeredBy" },
  Report: { texts: ["reportType", "verdict"], edge: "about" },
  Alert: { texts: ["severity", "attributedTo"] },
  Decision: { texts: ["decisionType", "attributedTo"] },
  Deployment: { texts: ["attributedTo"] },
  Endpoint: { texts: ["attributedTo", "useCase"] },
  Model: { texts: ["useCase"] },
  Trigger: { texts: ["attributedTo", "definition.on"] },
  UseCase: { texts: ["riskTier", "owner", "attributedTo"] },
  CodeVersion: { texts: ["commit", "attributedTo"] },
  DatasetVersion: { texts: ["attributedTo"] },
  PipelineVersion: { texts: ["attributedTo"] },
  PipelineStep: { texts: ["waitsFor", "cacheKey"] },
  Agent: { texts: ["kind"] },
};

/** The paths that have a column, by type of node. */
export function facetPaths(): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(FACETS).map(([type, { texts, edge }]) => [type, edge ? [...texts, edge] : texts]));
}

/** The column of a text. @throws where there is none */
export function facetColumn(type: string, path: string): string {
  const column = TEXTS[FACETS[type]?.texts.indexOf(path) ?? -1];
  if (column === undefined) throw new Error(`${type}.${path} has no column`);
  return column;
}

/** What a node has in these columns. */
export function facetsOf({ type, attributes }: NodeState): Facets {
  const { texts = [], edge } = FACETS[type] ?? {};
  const text = (at: number) => textAt(attributes, texts[at]);
  return [text(0), text(1), text(2), text(3), edge === undefined ? null : endsIn(attributes[edge])];
}

/** How one end stands in the column `ends`: no id holds a space. */
export function endText(id: string): string {
  return ` ${id} `;
}

function textAt(attributes: NodeState["attributes"], path: string | undefined): string | null {
  if (path === undefined) return null;
  const [field, inner] = path.split(".") as [string, string?];
  const value = attributes[field];
  const text = inner === undefined ? value : (value as Readonly<Record<string, Json>> | null | undefined)?.[inner];
  // PostgreSQL's text holds no U+0000.
  return typeof text === "string" ? text.replaceAll("\u0000", "") : choiceOf(text);
}

/** What is chosen by the only key of an object, as a trigger's `on: {cron: …}`. */
function choiceOf(value: Json | undefined): string | null {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  return keys.length === 1 ? keys[0]! : null;
}

function endsIn(value: Json | undefined): string | null {
  const ends = endsOf(value);
  return ends.length === 0 ? null : ends.map(({ id }) => endText(id)).join("");
}
