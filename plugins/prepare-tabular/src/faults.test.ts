import { ALL_NULL, FAULTS, MIXED, ONE_ROW, refused, testFaults } from "../../tabular/test/faults.ts";
import { prepared } from "../test/prepared.ts";

testFaults(
  [
    ...FAULTS,
    ONE_ROW,
    refused(ALL_NULL, "BAD_INPUT", "column load has no value"),
    // To a query that does not count on numbers it is a column of text.
    { ...MIXED, refusal: null },
  ],
  async (files) => await prepared({}, files),
);
