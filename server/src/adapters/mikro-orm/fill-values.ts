import { type NodeDefinition, valuesOf } from "../../core/define-node.ts";
import { NODE_COLUMNS, type NodeRow, toNode } from "./rows.ts";
import { marks } from "./sql.ts";
import { VALUE_COLUMNS, valueColumns } from "./value-rows.ts";

type Execute = (text: string, parameters: unknown[]) => Promise<unknown>;

const PAGE = 200;
const ROWS = 500;

/** Writes the values of the nodes that are there; what they are made of never changes. */
export async function fillValues(execute: Execute, definitions: readonly NodeDefinition[]): Promise<void> {
  for (const definition of definitions) if (definition.values !== null) await fillType(execute, definition);
}

async function fillType(execute: Execute, definition: NodeDefinition): Promise<void> {
  const text = `select ${NODE_COLUMNS} from node where type = ? and created_seq > ? order by created_seq limit ${PAGE}`;
  for (let after = 0; ; ) {
    const nodes = ((await execute(text, [definition.name, after])) as NodeRow[]).map(toNode);
    const rows = nodes.flatMap(({ type, createdSeq: seq, attributes }) =>
      valuesOf(definition, attributes).map((value) => valueColumns({ type, seq, ...value })),
    );
    for (let at = 0; at < rows.length; at += ROWS) await insert(execute, rows.slice(at, at + ROWS));
    if (nodes.length < PAGE) return;
    after = nodes.at(-1)!.createdSeq;
  }
}

async function insert(execute: Execute, rows: readonly (readonly unknown[])[]): Promise<void> {
  const places = rows.map((row) => marks(row.length)).join(", ");
  await execute(`insert into value (${VALUE_COLUMNS}) values ${places}`, rows.flat());
}
