import { expect, test } from "vitest";
import { isRecent } from "./nats-link.ts";

test.each([
  ["2.11.0", true],
  ["2.15.1", true],
  ["3.0.0-RC.1", true],
  ["2.10.29", false],
  ["2.9.25", false],
  ["1.99.0", false],
])("nats-server %s is recent enough: %s", (version, expected) => {
  expect(isRecent(version)).toBe(expected);
});
