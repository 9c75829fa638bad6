import type { Rank, RankDirection, RankedNode, RankPage } from "../ports/node-ranks.ts";
import {
  type Connection,
  decodeCursor,
  encodeCursor,
  foreignCursor,
  type PageArguments,
  pageSize,
} from "./connection.ts";
import { type NodeValue, nodeValue } from "./node-value.ts";

interface Ranking {
  /** The metric. */
  readonly name: string;
  readonly direction: RankDirection;
  /** What is ranked: a cursor of another list leads nowhere. */
  readonly of: string;
  readonly read: (page: RankPage) => Promise<readonly RankedNode[]>;
}

export interface RankedEdge {
  readonly cursor: string;
  readonly node: NodeValue;
  readonly number: number | null;
}

/** A page of a ranking as a connection. The cursor holds number and place: it leads on where it stood, whatever comes in before it. */
export async function rankedNodes(
  { name, direction, of, read }: Ranking,
  page: PageArguments,
): Promise<Omit<Connection<RankedEdge>, "totalCount"> & { nodes: NodeValue[] }> {
  const size = pageSize(page.first);
  const list = `${of} ${direction} ${name}`;
  const after = page.after == null ? null : rankOf(page.after, list);
  const rows = await read({ name, direction, after, limit: size + 1 });
  const edges = rows
    .slice(0, size)
    .map(({ node, rank }) => ({ cursor: cursorOf(rank, list), node: nodeValue(node), number: rank.number }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: { hasNextPage: rows.length > size, endCursor: edges.at(-1)?.cursor ?? null },
  };
}

function cursorOf({ number, text, seq, id }: Rank, list: string): string {
  return encodeCursor([list, number === null ? "" : String(number), text, seq, id]);
}

function rankOf(cursor: string, list: string): Rank {
  const [of, number, text, seq, id] = decodeCursor(cursor, ["string", "string", "string", "number", "string"]);
  if (of !== list || Number.isNaN(Number(number))) throw foreignCursor();
  return { number: number === "" ? null : Number(number), text: String(text), seq: Number(seq), id: String(id) };
}
