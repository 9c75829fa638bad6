import type { LocalInput, ModelSignature } from "@clew/plugin-sdk";
import type { Lineage } from "./lineage.ts";

/** A model on its way out. */
export interface Exported {
  readonly model: LocalInput;
  readonly signature: ModelSignature;
  readonly lineage: Lineage;
  /** An absolute path. */
  readonly dir: string;
}
