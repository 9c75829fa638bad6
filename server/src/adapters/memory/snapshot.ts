import { z } from "zod";
import { ARROW_TYPES } from "../../core/arrows.ts";
import type { Position } from "../../ports/lineage-graph.ts";
import { FrameReader, writeFrames } from "./frames.ts";
import { ENDED, GraphTable } from "./graph-table.ts";

const FORMAT = "clew-graph-1";
const IDS_A_CHUNK = 8192;

const Header = z.strictObject({
  format: z.literal(FORMAT),
  /** Arrows are stored by number: a snapshot with another list is of no use. */
  arrowTypes: z.literal(ARROW_TYPES.join()),
  position: z.strictObject({ ledgerId: z.string(), seq: z.int(), leafHash: z.string() }).nullable(),
  nodes: z.int(),
  types: z.array(z.string()),
  roles: z.array(z.string()),
  endings: z.array(z.tuple([z.int(), z.int(), z.int()])),
  extras: z.array(z.tuple([z.int(), z.strictObject({ weight: z.number().optional(), mode: z.string().optional() })])),
});

/**
 * Takes the graph as it is now and answers how to write it to a file; what is applied in between is not in the file. Links between
 * arrows are left out: they follow from the arrows' ends.
 */
export function takeSnapshot(table: GraphTable, position: Position | null): (path: string) => Promise<void> {
  const frames = framesOf(table, position);
  return (path) => writeFrames(path, frames);
}

function framesOf(table: GraphTable, position: Position | null): Iterable<Iterable<Uint8Array>> {
  const header: z.input<typeof Header> = {
    format: FORMAT,
    arrowTypes: ARROW_TYPES.join(),
    position,
    nodes: table.ids.length,
    types: [...table.types.values],
    roles: [...table.roles.values],
    endings: Array.from(table.endings, ([arrow, { seq, at }]) => [arrow, seq, at]),
    extras: [...table.extras],
  };
  const columns = columnsOf(table).map(({ data, length }) => data.subarray(0, length));
  const kinds = table.arrowKind.data.slice(0, table.arrowKind.length).map((kind) => kind & ~ENDED);
  const frames = [Buffer.from(JSON.stringify(header)), kinds, ...columns].map((array) => [bytesOf(array)]);
  return concat(frames, idFrames(table.ids, header.nodes));
}

function* concat<T>(...parts: Iterable<T>[]): Iterable<T> {
  for (const part of parts) yield* part;
}

function* idFrames(ids: readonly string[], count: number): Iterable<Uint8Array[]> {
  for (let at = 0; at < count; at += IDS_A_CHUNK)
    yield [Buffer.from(JSON.stringify(ids.slice(at, Math.min(at + IDS_A_CHUNK, count))))];
}

/** The columns of a snapshot after the arrows' kinds, in their order. */
function columnsOf(table: GraphTable) {
  const { nodeType, arrowFrom, arrowTo, arrowEntry, arrowRole, entrySeq, entryAt } = table;
  return [nodeType, arrowFrom, arrowTo, arrowEntry, arrowRole, entrySeq, entryAt];
}

function bytesOf(array: Uint8Array | Uint16Array | Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Reads a snapshot. @throws {Error} that says why when the file is damaged or of another format. */
export function readSnapshot(path: string): { table: GraphTable; position: Position | null } {
  const frames = new FrameReader(path);
  try {
    const header = Header.parse(JSON.parse(textOf(frames.next())));
    const table = new GraphTable(header.types, header.roles);
    readArrows(frames, table, header.nodes);
    for (const [arrow, seq, at] of header.endings) table.markEnded(arrow, { seq, at });
    for (const [arrow, extras] of header.extras) table.extras.set(arrow, withoutUndefined(extras));
    return { table, position: header.position };
  } finally {
    frames.close();
  }
}

/** The columns are taken over as they were read: pushed number by number they would be in memory twice. */
function readArrows(frames: FrameReader, table: GraphTable, nodes: number): void {
  table.arrowKind.adopt(new Uint8Array(frames.next()));
  const nodeTypes = new Uint16Array(frames.next());
  for (const column of [table.arrowFrom, table.arrowTo, table.arrowEntry, table.arrowRole])
    column.adopt(new Int32Array(frames.next()));
  for (const column of [table.entrySeq, table.entryAt]) column.adopt(new Float64Array(frames.next()));
  readNodes(frames, table, nodeTypes, nodes);
  table.linkArrows();
}

function readNodes(frames: FrameReader, table: GraphTable, nodeTypes: Uint16Array, nodes: number): void {
  while (table.ids.length < nodes)
    for (const id of JSON.parse(textOf(frames.next())) as string[])
      table.addNode(id, table.types.values[nodeTypes[table.ids.length]!]!);
}

function textOf(frame: ArrayBuffer): string {
  return Buffer.from(frame).toString("utf8");
}

function withoutUndefined(extras: { weight?: number | undefined; mode?: string | undefined }) {
  const { weight, mode } = extras;
  return { ...(weight !== undefined && { weight }), ...(mode !== undefined && { mode }) };
}
