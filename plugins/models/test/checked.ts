import { DataSchema } from "@clew/plugin-tabular";

const required = { presence: { minFraction: 1 } };

/** A data schema with a label that is not there in serving, and a column that may be a little off. */
export const SCHEMA = DataSchema.parse({
  columns: [
    { name: "port", type: "STRING", ...required, domain: { values: ["A", "B"] } },
    { name: "hour", type: "INT", ...required, domain: { min: 0, max: 23 } },
    { name: "load", type: "FLOAT", domain: { max: 100 }, minDomainMass: 0.9 },
    { name: "late", type: "BOOL", ...required, notInEnvironment: ["SERVING"] },
  ],
  defaultEnvironment: ["TRAINING", "SERVING"],
  datasetConstraints: { unknownColumns: "ERROR" },
});

/** What a model takes, one of which the schema does not name. */
export const INPUTS = [
  { name: "port", datatype: "BYTES", width: 1 },
  { name: "hour", datatype: "INT64", width: 1 },
  { name: "load", datatype: "FP64", width: 1 },
  { name: "lags", datatype: "FP64", width: 2 },
] as const;
