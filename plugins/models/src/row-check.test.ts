import { DataSchema } from "@clew/plugin-tabular";
import { expect, test } from "vitest";
import { doubtsAbout } from "./row-check.ts";

const required = { presence: { minFraction: 1 } };
const SCHEMA = DataSchema.parse({
  columns: [
    { name: "port", type: "STRING", ...required, domain: { values: ["A", "B"] } },
    { name: "hour", type: "INT", ...required, domain: { min: 0, max: 23 } },
    { name: "load", type: "FLOAT", domain: { max: 100 }, minDomainMass: 0.9 },
    { name: "late", type: "BOOL", ...required, notInEnvironment: ["SERVING"] },
  ],
  defaultEnvironment: ["TRAINING", "SERVING"],
  datasetConstraints: { unknownColumns: "ERROR" },
});
const INPUTS = [
  { name: "port", datatype: "BYTES", width: 1 },
  { name: "hour", datatype: "INT64", width: 1 },
  { name: "load", datatype: "FP64", width: 1 },
  { name: "lags", datatype: "FP64", width: 2 },
] as const;

test("it is said what is not checked, and what should not be there to be read", () => {
  expect(doubtsAbout(SCHEMA, INPUTS)).toEqual([expect.stringContaining("lags")]);
  const leaks = doubtsAbout(SCHEMA, [{ name: "late", datatype: "BOOL", width: 1 }]);
  expect(leaks).toEqual([expect.stringContaining("reads late")]);
});
