import { expect, test } from "vitest";
import { sqliteOrm } from "./open-sqlite.ts";
import { snakeCase } from "./rows.ts";
import { COPIED } from "./sql-copies.ts";

/** What a restore makes from the entries again. */
const MADE_AGAIN = ["ledger", "ledger_head", "node", "node_history", "tag", "value"];

test("every table is either made again from the entries or copied, with all its columns", () => {
  const tables = [...sqliteOrm(":memory:").getMetadata().getAll().values()].map(({ tableName, props }) => {
    const columns = (ours: typeof props) => ours.flatMap(({ fieldNames }) => fieldNames).toSorted();
    return [tableName, { key: columns(props.filter(({ primary }) => primary)), all: columns(props) }] as const;
  });
  const copied = Object.entries(COPIED).map(([table, { key, rest }]) => {
    const columns = (names: readonly string[]) => names.map(snakeCase).toSorted();
    return [table, { key: columns(key), all: columns([...key, ...rest]) }] as const;
  });
  const beside = tables.filter(([table]) => !MADE_AGAIN.includes(table));
  expect(Object.fromEntries(beside)).toEqual(Object.fromEntries(copied));
  expect(tables.length - beside.length).toBe(MADE_AGAIN.length);
});
