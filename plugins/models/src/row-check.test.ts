import { expect, test } from "vitest";
import { INPUTS, SCHEMA } from "../test/checked.ts";
import { doubtsAbout } from "./row-check.ts";

test("it is said what is not checked, and what should not be there to be read", () => {
  expect(doubtsAbout(SCHEMA, INPUTS)).toEqual([expect.stringContaining("lags")]);
  const leaks = doubtsAbout(SCHEMA, [{ name: "late", datatype: "BOOL", width: 1 }]);
  expect(leaks).toEqual([expect.stringContaining("reads late")]);
});
