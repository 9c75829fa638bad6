import { fileURLToPath } from "node:url";
import { LIES, LYING_SIGNATURES, testLies } from "../../models/test/lies.ts";
import { ranHere } from "../../tabular/test/in-process.ts";
import { plugin } from "./plugin.ts";

const MODEL = fileURLToPath(new URL("../conformance/model", import.meta.url));

testLies([...LIES, ...LYING_SIGNATURES], MODEL, async (model) => await ranHere(plugin, {}, { model: [model] }));
