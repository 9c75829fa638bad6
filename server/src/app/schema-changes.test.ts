import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, expect, test } from "vitest";
import { schemaChanges } from "./schema-changes.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const committed = join(root, "schema/graphql");
const folder = mkdtempSync(join(tmpdir(), "clew-schema-"));

beforeEach(() => {
  for (const name of ["schema.graphql", "released.graphql", "accepted-changes.json"]) {
    cpSync(join(committed, name), join(folder, name));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function check(): { readonly status: number | null; readonly said: string } {
  const script = ["--conditions=clew-src", "server/src/app/check-schema-changes.ts", folder];
  const { status, stderr } = spawnSync("npx", ["node", ...script], { cwd: root, encoding: "utf8" });
  return { status, said: stderr };
}

function releaseAlsoHad(field: string): void {
  const released = readFileSync(join(committed, "released.graphql"), "utf8");
  writeFileSync(join(folder, "released.graphql"), released.replace("type Dataset implements Node {", `$&\n  ${field}`));
}

test("the committed schema keeps what the last release offered", () => {
  expect(check()).toEqual({ status: 0, said: "" });
});

test("a removed field fails the check by name, until it is accepted with a reason", () => {
  releaseAlsoHad("colour: String!");
  const refused = check();
  expect(refused.status).toBe(1);
  expect(refused.said).toContain("Dataset.colour was removed.\n");
  expect(refused.said).toContain("accepted-changes.json");

  const accepted = JSON.parse(readFileSync(join(committed, "accepted-changes.json"), "utf8"));
  accepted.push({ change: "Dataset.colour was removed.", reason: "It was never written." });
  writeFileSync(join(folder, "accepted-changes.json"), JSON.stringify(accepted));
  expect(check().status).toBe(0);
});

test.each([
  ["type Query { a: Int! }", "type Query { a: Int }", "Query.a changed type from Int! to Int."],
  ["type Query { a(b: Int): Int }", "type Query { a: Int }", "Query.a arg b was removed."],
  ["type Query { a: Int }", "type Query { a(b: Int!): Int }", "A required arg b on Query.a was added."],
  ["type Query { a: E } enum E { X Y }", "type Query { a: E } enum E { X }", "Y was removed from enum type E."],
])("%s, then %s", (released, emitted, breaking) => {
  expect(schemaChanges(released, emitted, [])).toEqual({ breaking: [breaking], stale: [] });
});

test("what is only added breaks nobody, and an acceptance that matches nothing is stale", () => {
  const changes = schemaChanges("type Query { a: Int }", "type Query { a: Int, b(c: Int): Int }", [
    { change: "Query.z was removed.", reason: "nobody used it" },
  ]);
  expect(changes).toEqual({ breaking: [], stale: ["Query.z was removed."] });
});
