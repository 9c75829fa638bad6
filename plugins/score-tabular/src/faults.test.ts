import type { LocalInput } from "@clew/plugin-sdk";
import { LIES, LYING_SIGNATURES, testLies } from "../../models/test/lies.ts";
import { aVersion } from "../../tabular/test/a-version.ts";
import { testDefinitions } from "../../tabular/test/definitions.ts";
import { ALL_NULL, type Fault, FAULTS, MIXED, ONE_ROW, testFaults, UNSEEN } from "../../tabular/test/faults.ts";
import { modelFrom, ranHere } from "../../tabular/test/in-process.ts";
import { NET } from "../test/scored.ts";
import { plugin } from "./plugin.ts";

async function ran(model: LocalInput, files: Fault["files"]) {
  const data = [await aVersion("tests/data@1", files)];
  return await ranHere(plugin, { backend: "wasm" }, { model: [model], data, join: [] });
}

testFaults([...FAULTS, MIXED, ONE_ROW, ALL_NULL, UNSEEN], async (files) => {
  return await ran(await modelFrom(NET.dir, NET.signature), files);
});

testLies([...LIES, ...LYING_SIGNATURES], NET.dir, async (model) => await ran(model, UNSEEN.files));

testDefinitions(NET.dir, NET.signature, ran);
