import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliError } from "./errors.ts";
import { profileFiles } from "./profile-files.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "clew-profile-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function csv(name: string, text: string): string {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
}

describe("profileFiles", () => {
  it("reads columns, rows, nulls and extremes of a CSV file", async () => {
    const profile = await profileFiles([csv("a.csv", "id,name,at\n1,x,2026-01-01\n3,,2026-01-03\n8,y,\n")]);
    expect(profile?.rows).toBe(3);
    expect(profile?.schema).toEqual([
      { name: "id", type: "BIGINT", nullable: true },
      { name: "name", type: "VARCHAR", nullable: true },
      { name: "at", type: "DATE", nullable: true },
    ]);
    const [id, name, at] = profile!.statistics;
    expect(id).toMatchObject({ column: "id", nulls: 0, distinctApprox: 3, min: "1", max: "8", mean: 4 });
    // The sample's standard deviation: sqrt((9 + 1 + 16) / 2).
    expect(id?.stddev).toBeCloseTo(Math.sqrt(13), 12);
    expect(name).toMatchObject({ nulls: 1, min: "x", max: "y", mean: null, stddev: null });
    expect(at).toMatchObject({ nulls: 1, min: "2026-01-01", max: "2026-01-03", mean: null });
  });

  it("counts nulls exactly where their share rounds to nothing", async () => {
    const file = join(dir, "many.parquet");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const rows = 'SELECT CASE WHEN i = 7 THEN NULL ELSE i END AS "a ""b""" FROM range(100000) t(i)';
    await connection.run(`COPY (${rows}) TO '${file}' (FORMAT parquet)`);
    connection.closeSync();
    const profile = await profileFiles([file]);
    expect(profile).toMatchObject({ rows: 100_000, schema: [{ name: 'a "b"', type: "BIGINT" }] });
    expect(profile?.statistics[0]?.nulls).toBe(1);
  });

  it("reads files together: a column that one lacks is null in its rows", async () => {
    const files = [csv("a.csv", "x,y\n1,2\n"), csv("b.csv", "x\n3\n"), csv("it's.jsonl", '{"x": 5}\n')];
    const profile = await profileFiles(files);
    expect(profile?.rows).toBe(3);
    expect(profile?.statistics.map(({ column, nulls }) => [column, nulls])).toEqual([
      ["x", 0],
      ["y", 2],
    ]);
  });

  it("passes over what is no table", async () => {
    expect(await profileFiles([csv("notes.txt", "hello")])).toBeNull();
    expect(await profileFiles([])).toBeNull();
  });

  it("says which file cannot be read", async () => {
    const file = csv("broken.parquet", "this is no parquet");
    await expect(profileFiles([file])).rejects.toThrow(CliError);
    await expect(profileFiles([file])).rejects.toThrow("broken.parquet");
  });
});
