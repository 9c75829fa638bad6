import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readConfig, VARIABLES } from "./config.ts";

const DOCUMENT = new URL("../../../docs/operations.md", import.meta.url);

test("docs/operations.md has every setting of the server, and no other", () => {
  const text = readFileSync(DOCUMENT, "utf8");
  const [, section = ""] = text.split("### Settings of the server\n");
  const cells = section
    .split("\n## ")[0]!
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|")[1]!);
  const named = cells.flatMap((cell) => cell.match(/CLEW_[A-Z0-9_]+/g) ?? []);
  expect(named.toSorted()).toEqual(Object.values(VARIABLES).toSorted());
});

test("a value that cannot be used is named by its variable", () => {
  expect(() => readConfig({ CLEW_PORT: "http", CLEW_LEASE_SECONDS: "1" })).toThrow(
    /CLEW_PORT: [^]*CLEW_LEASE_SECONDS: /,
  );
});
