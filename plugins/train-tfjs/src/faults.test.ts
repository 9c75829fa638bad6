import { readFile } from "node:fs/promises";
import { aVersion } from "../../tabular/test/a-version.ts";
import { ALL_NULL, FAULTS, MIXED, ONE_ROW, refused, testFaults } from "../../tabular/test/faults.ts";
import { ranHere } from "../../tabular/test/in-process.ts";
import { plugin } from "./plugin.ts";

const FIXTURE = new URL("../conformance/", import.meta.url);

testFaults(
  [
    ...FAULTS,
    MIXED,
    refused(ONE_ROW, "BAD_INPUT", "the training part has no rows"),
    refused(ALL_NULL, "BAD_INPUT", "column load has no value in the training part"),
  ],
  async (files) => {
    const { parameters } = JSON.parse(await readFile(new URL("job.json", FIXTURE), "utf8")) as { parameters: object };
    const ports = { "ports.csv": await readFile(new URL("ports/ports.csv", FIXTURE)) };
    const inputs = { data: [await aVersion("tests/data@1", files)], join: [await aVersion("tests/join-0@1", ports)] };
    return await ranHere(plugin, { ...parameters }, inputs);
  },
);
