import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import util from "node:util";
import type * as tfjs from "@tensorflow/tfjs";
import { PluginFailure } from "@clew/plugin-sdk";
import { z } from "zod";

export type Tensorflow = typeof tfjs;

/** gpu and node: libtensorflow with and without a GPU; wasm: XNNPACK in WebAssembly; cpu: plain JavaScript. */
export const BackendName = z.enum(["gpu", "node", "wasm", "cpu"]);
export type BackendName = z.infer<typeof BackendName>;
export const BackendChoice = z.enum(["auto", ...BackendName.options]);
export type BackendChoice = z.infer<typeof BackendChoice>;

export interface Backend {
  tf: Tensorflow;
  name: BackendName;
  /** For the run's environment: backend and version of the library. */
  environment: Record<string, string>;
  /** The better backends that do not work here, and why. */
  passedOver: readonly string[];
}

/** Native builds of TensorFlow.js, by preference; both are optional. */
const NATIVE_PACKAGES = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"];
const require = createRequire(import.meta.url);

/**
 * Loads TensorFlow.js on the best backend that works here (gpu, node, wasm, cpu in this order) or on the one asked for.
 * @throws {PluginFailure} BAD_PARAMETERS where the backend asked for does not work here.
 */
export async function loadBackend(choice: BackendChoice = "auto"): Promise<Backend> {
  const passedOver: string[] = [];
  for (const name of choice === "auto" ? BackendName.options : [choice]) {
    try {
      return await start(name, passedOver);
    } catch (error) {
      passedOver.push(`${name}: ${firstLine(error)}`);
    }
  }
  throw new PluginFailure("BAD_PARAMETERS", `backend: ${passedOver.join("; ")}`);
}

async function start(name: BackendName, passedOver: readonly string[]): Promise<Backend> {
  const starters = { gpu: () => startNative(true), node: () => startNative(false), wasm: startWasm, cpu: startCpu };
  const tf = await starters[name]();
  await tf.ready();
  const environment = { "tfjs.backend": name, "tfjs.version": tf.version.tfjs };
  return { tf, name, environment, passedOver };
}

async function startCpu(): Promise<Tensorflow> {
  const tf = await importTensorflow();
  await use(tf, "cpu");
  return tf;
}

async function startWasm(): Promise<Tensorflow> {
  const tf = await importTensorflow();
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  // Without this the loader looks beside the script that runs, which is not where the .wasm files are.
  setWasmPaths(join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")), "/"));
  // One thread: the same sums in the same order, so that a seed gives the same weights.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  await use(tf, "wasm");
  return tf;
}

async function startNative(mustHaveGpu: boolean): Promise<Tensorflow> {
  const tf = requireNative();
  await use(tf, "tensorflow");
  const hasGpu = (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
  if (mustHaveGpu && !hasGpu) throw new Error("libtensorflow found no GPU");
  return tf;
}

function requireNative(): Tensorflow {
  // Node 23 removed this function; tfjs-node 4.22.0 still calls it.
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  const reasons: string[] = [];
  for (const name of NATIVE_PACKAGES) {
    try {
      return require(name) as Tensorflow;
    } catch (error) {
      reasons.push(firstLine(error));
    }
  }
  throw new Error(withoutLibrary(reasons[0] ?? ""));
}

/** The package is there from the beginning, its library only where somebody wants it. */
function withoutLibrary(reason: string): string {
  return reason.includes("tfjs_binding.node") ? "no native library is here; `npm run gpu:install` fetches it" : reason;
}

async function importTensorflow(): Promise<Tensorflow> {
  return import("@tensorflow/tfjs");
}

async function use(tf: Tensorflow, backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`backend ${backend} did not start`);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!.slice(0, 200);
}
