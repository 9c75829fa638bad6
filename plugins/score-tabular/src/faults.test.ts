import { aVersion } from "../../tabular/test/a-version.ts";
import { ALL_NULL, FAULTS, MIXED, ONE_ROW, testFaults, UNSEEN } from "../../tabular/test/faults.ts";
import { modelFrom, ranHere } from "../../tabular/test/in-process.ts";
import { NET } from "../test/scored.ts";
import { plugin } from "./plugin.ts";

testFaults([...FAULTS, MIXED, ONE_ROW, ALL_NULL, UNSEEN], async (files) => {
  const inputs = {
    model: [await modelFrom(NET.dir, NET.signature)],
    data: [await aVersion("tests/data@1", files)],
    join: [],
  };
  return await ranHere(plugin, { backend: "wasm" }, inputs);
});
