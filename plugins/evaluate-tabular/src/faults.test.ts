import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { NET_SIGNATURE } from "../../models/test/signatures.ts";
import { aVersion } from "../../tabular/test/a-version.ts";
import { ALL_NULL, FAULTS, MIXED, ONE_ROW, testFaults, UNSEEN } from "../../tabular/test/faults.ts";
import { modelFrom, ranHere } from "../../tabular/test/in-process.ts";
import { plugin } from "./plugin.ts";

const FIXTURE = new URL("../conformance/", import.meta.url);

testFaults([...FAULTS, MIXED, ONE_ROW, ALL_NULL, UNSEEN], async (files) => {
  const ports = { "ports.csv": await readFile(new URL("ports/ports.csv", FIXTURE)) };
  const inputs = {
    model: [await modelFrom(fileURLToPath(new URL("model", FIXTURE)), NET_SIGNATURE)],
    data: [await aVersion("tests/data@1", files)],
    join: [await aVersion("tests/join-0@1", ports)],
    baseline: [],
  };
  return await ranHere(plugin, { backend: "wasm", resamples: 50 }, inputs);
});
