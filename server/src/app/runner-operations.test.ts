import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RUNNER_OPERATIONS } from "./runner-operations.ts";

test("what may be sent over NATS is runner.graphql, and nothing else", () => {
  const file = new URL("../../../schema/graphql/operations/runner.graphql", import.meta.url);
  const names = [...readFileSync(file, "utf8").matchAll(/^(?:query|mutation) (\w+)/gm)].map(([, name]) => name);
  expect([...RUNNER_OPERATIONS.keys()]).toEqual(names.toSorted());
  for (const [name, text] of RUNNER_OPERATIONS) expect(text).toMatch(new RegExp(`(query|mutation) ${name}\\(`));
});
