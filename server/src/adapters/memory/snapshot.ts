import { z } from "zod";
import { ARROW_TYPES } from "../../core/arrows.ts";
import type { Position } from "../../ports/lineage-graph.ts";
import { FrameReader, writeFrames } from "./frames.ts";
import { ENDED, GraphTable } from "./graph-table.ts";
import { PackedIds } from "./packed-ids.ts";

const FORMAT = "clew-graph-2";

const Header = z.strictObject({
  format: z.literal(FORMAT),
  /** Arrows are stored by number: a snapshot with another list is of no use. */
  arrowTypes: z.literal(ARROW_TYPES.join()),
  position: z.strictObject({ ledgerId: z.string(), seq: z.int(), leafHash: z.string() }).nullable(),
  prefixes: z.array(z.string()),
  texts: z.array(z.string()),
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

function framesOf(table: GraphTable, position: Position | null): Uint8Array[] {
  const header: z.input<typeof Header> = {
    format: FORMAT,
    arrowTypes: ARROW_TYPES.join(),
    position,
    ...table.ids.named,
    types: [...table.types.values],
    roles: [...table.roles.values],
    endings: Array.from(table.endings, ([arrow, { seq, at }]) => [arrow, seq, at]),
    extras: [...table.extras],
  };
  const columns = columnsOf(table).map(({ data, length }) => data.subarray(0, length));
  const kinds = table.arrowKind.data.slice(0, table.arrowKind.length).map((kind) => kind & ~ENDED);
  return [Buffer.from(JSON.stringify(header)), kinds, ...columns].map((array) => bytesOf(array));
}

/** The columns of a snapshot after the arrows' kinds, in their order. */
function columnsOf(table: GraphTable) {
  const { ids, nodeType, arrowFrom, arrowTo, arrowEntry, arrowRole, entrySeq, entryAt } = table;
  return [ids.kinds, ids.words, nodeType, arrowFrom, arrowTo, arrowEntry, arrowRole, entrySeq, entryAt];
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Reads a snapshot. @throws {Error} that says why when the file is damaged or of another format. */
export function readSnapshot(path: string): { table: GraphTable; position: Position | null } {
  const frames = new FrameReader(path);
  try {
    const header = Header.parse(JSON.parse(textOf(frames.next())));
    const table = new GraphTable(header.types, header.roles, new PackedIds(header.prefixes, header.texts));
    readColumns(frames, table);
    for (const [arrow, seq, at] of header.endings) table.markEnded(arrow, { seq, at });
    for (const [arrow, extras] of header.extras) table.extras.set(arrow, withoutUndefined(extras));
    return { table, position: header.position };
  } finally {
    frames.close();
  }
}

/** The columns are taken over as they were read: pushed number by number they would be in memory twice. */
function readColumns(frames: FrameReader, table: GraphTable): void {
  table.arrowKind.adopt(new Uint8Array(frames.next()));
  table.ids.kinds.adopt(new Uint16Array(frames.next()));
  table.ids.words.adopt(new Int32Array(frames.next()));
  table.nodeType.adopt(new Uint16Array(frames.next()));
  for (const column of [table.arrowFrom, table.arrowTo, table.arrowEntry, table.arrowRole])
    column.adopt(new Int32Array(frames.next()));
  for (const column of [table.entrySeq, table.entryAt]) column.adopt(new Float64Array(frames.next()));
  table.ids.index();
  table.linkArrows();
}

function textOf(frame: ArrayBuffer): string {
  return Buffer.from(frame).toString("utf8");
}

function withoutUndefined(extras: { weight?: number | undefined; mode?: string | undefined }) {
  const { weight, mode } = extras;
  return { ...(weight !== undefined && { weight }), ...(mode !== undefined && { mode }) };
}
