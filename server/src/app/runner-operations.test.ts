import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RUNNER_OPERATIONS } from "./runner-operations.ts";

const TEXT = readFileSync(new URL("../../../schema/graphql/operations/runner.graphql", import.meta.url), "utf8");

test("what may be sent over NATS is runner.graphql, and nothing else", () => {
  const names = [...TEXT.matchAll(/^(?:query|mutation) (\w+)/gm)].map(([, name]) => name);
  expect([...RUNNER_OPERATIONS.keys()]).toEqual(names.toSorted());
  for (const [name, text] of RUNNER_OPERATIONS) expect(text).toMatch(new RegExp(`(query|mutation) ${name}\\(`));
});

test("runner.graphql has all of its fragments itself: a runner in another language sends the file as it is", () => {
  const made = new Set([...TEXT.matchAll(/^fragment (\w+)/gm)].map(([, name]) => name));
  const used = [...TEXT.matchAll(/\.\.\.(?!\s*on\b)\s*(\w+)/g)].map(([, name]) => name);
  expect(used.filter((name) => !made.has(name))).toEqual([]);
});
