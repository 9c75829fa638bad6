import { fileURLToPath } from "node:url";
import { loadBackend } from "@clew/plugin-tabular";
import { LIES, LYING_SIGNATURES, testLies } from "../test/lies.ts";
import { formatOf, loadModel } from "./load-model.ts";

const MODEL = fileURLToPath(new URL("../../serve-models/test/model", import.meta.url));

testLies([...LIES, ...LYING_SIGNATURES], MODEL, async (model) => {
  const { tf } = await loadBackend("wasm");
  return await loadModel(tf, { model, format: await formatOf(model) });
});
