import type { LocalInput } from "@clew/plugin-sdk";

/** What leads from an exported file back to the record: each id by itself, with `clew trace`. */
export interface Lineage {
  /** `ModelVersion:…`, what was exported. */
  readonly modelVersion: string;
  /** `namespace/name@3`. */
  readonly key: string;
  /** Of the model's files. */
  readonly digest: string;
  /** `Run:…`, the export: its output is the exported version itself. */
  readonly run: string;
}

export function lineageOf({ id, key, digest }: LocalInput, run: string): Lineage {
  return { modelVersion: id, key, digest, run };
}

/** The names that an exported model has them under in ONNX. */
export function onnxEntries({ modelVersion, key, digest, run }: Lineage): ReadonlyMap<string, string> {
  return new Map([
    ["clew.model_version", modelVersion],
    ["clew.key", key],
    ["clew.digest", digest],
    ["clew.run", run],
  ]);
}
