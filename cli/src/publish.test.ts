import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "./errors.ts";
import { collectFiles } from "./publish.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "clew-publish-"));
  mkdirSync(join(dir, "a", "deep"), { recursive: true });
  mkdirSync(join(dir, "b"));
  for (const file of ["a/deep/x.csv", "a/y.csv", "b/y.csv", "z.csv"]) writeFileSync(join(dir, file), file);
});
afterEach(() => rmSync(dir, { recursive: true }));

describe("collectFiles", () => {
  it("names a file by its own name, a folder's files by their path below it, sorted", () => {
    const found = collectFiles([join(dir, "z.csv"), join(dir, "a")]);
    expect(found.map(({ path }) => path)).toEqual(["deep/x.csv", "y.csv", "z.csv"]);
    expect(found.at(0)?.local).toBe(join(dir, "a", "deep", "x.csv"));
  });

  it("refuses two files of one name, and says which", () => {
    const twice = () => collectFiles([join(dir, "a"), join(dir, "b", "y.csv")]);
    expect(twice).toThrow(UsageError);
    expect(twice).toThrow(/a\/y\.csv and .*b\/y\.csv would both be y\.csv/);
  });

  it("refuses nothing at all", () => {
    rmSync(join(dir, "b", "y.csv"));
    expect(() => collectFiles([join(dir, "b")])).toThrow("there are no files");
  });
});
