import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { LocalInput } from "@clew/plugin-sdk";
import { LIES, testLies } from "../../models/test/lies.ts";
import { NET_SIGNATURE } from "../../models/test/signatures.ts";
import { aVersion } from "../../tabular/test/a-version.ts";
import { testDefinitions } from "../../tabular/test/definitions.ts";
import { ALL_NULL, type Fault, FAULTS, MIXED, ONE_ROW, testFaults, UNSEEN } from "../../tabular/test/faults.ts";
import { modelFrom, ranHere } from "../../tabular/test/in-process.ts";
import { plugin } from "./plugin.ts";

const FIXTURE = new URL("../conformance/", import.meta.url);

const MODEL = fileURLToPath(new URL("model", FIXTURE));

async function ran(model: LocalInput, files: Fault["files"]) {
  const ports = { "ports.csv": await readFile(new URL("ports/ports.csv", FIXTURE)) };
  const tables = { data: [await aVersion("tests/data@1", files)], join: [await aVersion("tests/join-0@1", ports)] };
  return await ranHere(plugin, { backend: "wasm", resamples: 50 }, { model: [model], baseline: [], ...tables });
}

testFaults([...FAULTS, MIXED, ONE_ROW, ALL_NULL, UNSEEN], async (files) => {
  return await ran(await modelFrom(MODEL, NET_SIGNATURE), files);
});

testLies(LIES, MODEL, async (model) => await ran(model, UNSEEN.files));

testDefinitions(MODEL, NET_SIGNATURE, ran);
