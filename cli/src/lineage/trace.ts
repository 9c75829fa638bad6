import {
  type ArrowFamily,
  LineageDocument,
  type LineageDirection,
  type LineageQuery,
  type LineageQueryVariables,
  NodeLabelDocument,
  type NodeLabelQuery,
} from "@clew/schema/graphql";
import type { ClewClient } from "../client.ts";
import { CliError } from "../errors.ts";

export type TraceEdge = LineageQuery["lineage"]["edges"][number];
export type TraceNode = NonNullable<NodeLabelQuery["node"]>;

/** A walk from its start to its end. */
export interface Trace {
  readonly root: TraceNode;
  readonly direction: LineageDirection;
  readonly maxDepth: number;
  /** Nearest first. */
  readonly edges: readonly TraceEdge[];
  /** What was left out; empty where nothing was. */
  readonly reasons: readonly LineageQuery["lineage"]["reasons"][number][];
  /** The ledger entry up to which the graph answered. */
  readonly ledgerSeq: number;
}

export interface TraceOptions {
  readonly direction: LineageDirection;
  /** 1 to 32. */
  readonly maxDepth?: number;
  /** RFC 3339: arrows that were true then. */
  readonly asOf?: string;
  /** A ledger entry: arrows that were known after it. */
  readonly knownAt?: number;
  readonly follow?: readonly ArrowFamily[];
  /** The ledger entry that the graph must have taken in, as a mutation answered it; else GRAPH_BEHIND. */
  readonly minSeq?: number;
}

const PAGE = 500;
const DEPTH = 16;

/** Walks from a node through all pages. */
export async function traceFrom(client: ClewClient, id: string, options: TraceOptions): Promise<Trace> {
  const { direction, maxDepth = DEPTH, asOf, knownAt, follow = ["MATERIAL"], minSeq } = options;
  const { node: root } = await client.request(NodeLabelDocument, { id });
  if (root === null) throw new CliError(`there is no ${id}, or none that you may read`, { code: "NOT_FOUND" });
  const edges: TraceEdge[] = [];
  const reasons = new Set<Trace["reasons"][number]>();
  for (let after: string | null = null; ; ) {
    const variables: LineageQueryVariables = {
      node: id,
      direction,
      maxDepth,
      follow: [...follow],
      first: PAGE,
      after,
      ...(asOf ? { asOf } : {}),
      ...(knownAt === undefined ? {} : { knownAt }),
      ...(minSeq === undefined ? {} : { minSeq }),
    };
    const { lineage }: LineageQuery = await client.request(LineageDocument, variables);
    edges.push(...lineage.edges);
    for (const reason of lineage.reasons) reasons.add(reason);
    after = lineage.pageInfo.endCursor;
    if (!lineage.pageInfo.hasNextPage || after === null) {
      return { root, direction, maxDepth, edges, reasons: [...reasons], ledgerSeq: lineage.ledgerSeq };
    }
  }
}
