import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { BoosterTask, XgboostLibrary } from "./xgboost-library.ts";

// XGBoost computes without pause, and its memory only grows: it has a thread to itself, and all of it goes with that.
const require = createRequire(import.meta.url);
const library = await (require("ml-xgboost/dist/wasm/xgboost.js") as XgboostLibrary).isReady;
const model = modelOf(workerData as BoosterTask);

/** Each message asks for another tree, and is answered by the model as XGBoost saves it. */
parentPort!.on("message", () => {
  library._train_full_model(model, 1);
  const bytes = savedModel();
  parentPort!.postMessage(bytes, [bytes.buffer]);
});

function modelOf({ values, labels, width, parameters }: BoosterTask): number {
  const rows = kept(values);
  const targets = kept(labels);
  const created = library._create_model(rows, targets, labels.length, width);
  library._free(rows);
  library._free(targets);
  const set = library.cwrap("set_param", null, ["number", "string", "string"]);
  for (const [name, value] of Object.entries(parameters)) set(created, name, String(value));
  return created;
}

function kept(numbers: Float32Array): number {
  const pointer = library._malloc(numbers.byteLength);
  library.HEAPF32.set(numbers, pointer / Float32Array.BYTES_PER_ELEMENT);
  return pointer;
}

function savedModel(): Uint8Array<ArrayBuffer> {
  const size = library._save_model(model);
  const pointer = library._malloc(size);
  library._get_file_content(pointer, size);
  const bytes = library.HEAPU8.slice(pointer, pointer + size);
  library._free(pointer);
  return bytes;
}
