import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ArtifactErrorCode } from "@clew/schema";
import { expect, test } from "vitest";
import { ERRORS } from "./errors.ts";

const SOURCES = new URL("..", import.meta.url).pathname;
const DOCUMENT = new URL("../../../docs/errors.md", import.meta.url);

/** Where a code stands in the sources: the first argument of these functions, or the value of `code`. */
const USES =
  /(?:\b(?:refuse|clientError|refusal|ArtifactRequestError|invalid|tooCostly)\(|\bcode: |\bcode = )\s*"([A-Z][A-Z_]+)"/g;

test("docs/errors.md says of every code what the catalogue says, and what to do next", () => {
  const rows = readFileSync(DOCUMENT, "utf8")
    .split("\n")
    .filter((line) => /^\| [A-Z]/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const documented = rows.map(([, code, meaning, retryable]) => [code, { meaning, retryable: retryable === "yes" }]);
  expect(Object.fromEntries(documented)).toEqual(ERRORS);
  expect(rows.filter(([, , , , next]) => !next)).toEqual([]);
});

test("every code that the server gives is in the catalogue", () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !/\.(test|contract|fixture)\.ts$/.test(name),
  );
  const used = files.flatMap((name) =>
    [...readFileSync(join(SOURCES, name), "utf8").matchAll(USES)].map(([, code]) => `${code} in ${name}`),
  );
  expect(used.length).toBeGreaterThan(40);
  expect(used.filter((use) => !Object.hasOwn(ERRORS, use.split(" ")[0] ?? ""))).toEqual([]);
});

test("every code of the artifact routes is in the catalogue", () => {
  expect(ArtifactErrorCode.options.filter((code) => !Object.hasOwn(ERRORS, code))).toEqual([]);
});
