/** What ml-xgboost's WebAssembly module offers; its own wrapper passes the rows over the stack, which holds 5 MB. */
export interface XgboostLibrary {
  readonly isReady: Promise<XgboostLibrary>;
  /** New views whenever the memory has grown. */
  readonly HEAPU8: Uint8Array;
  readonly HEAPF32: Float32Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  /** Rows and labels in single precision, at these addresses; -1 is a missing value. */
  _create_model(rows: number, labels: number, rowCount: number, width: number): number;
  /** Adds so many trees to those that are there. */
  _train_full_model(model: number, rounds: number): void;
  /** Writes the model to a file in memory; its bytes, or -1. */
  _save_model(model: number): number;
  _get_file_content(pointer: number, bytes: number): void;
  _free_memory_model(model: number): void;
  cwrap(
    name: "set_param",
    returns: null,
    takes: readonly string[],
  ): (model: number, name: string, value: string) => void;
}

/** What a worker trains on. */
export interface BoosterTask {
  /** Row by row, without -1. */
  readonly values: Float32Array;
  readonly labels: Float32Array;
  readonly width: number;
  /** By XGBoost's names. */
  readonly parameters: Readonly<Record<string, string | number>>;
}
