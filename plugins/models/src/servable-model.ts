import type { Datatype, Value } from "./datatypes.ts";

/** A model's input or output: for each row `width` elements. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: Datatype;
  /** Elements of a row; a tensor of width 1 may have the shape [rows] or [rows, 1]. */
  readonly width: number;
  /** Names of the elements, in their order, where they are probabilities of classes. */
  readonly classes?: readonly string[];
}

export interface InputSpec extends TensorSpec {
  /** Whether an element may be null; where it may not, such a request is refused. */
  readonly takesMissing: boolean;
}

/** `rows` × the spec's width elements, row by row, by the tensor's name. */
export interface Batch {
  readonly rows: number;
  readonly tensors: ReadonlyMap<string, readonly Value[]>;
}

/** A model in memory. */
export interface ServableModel {
  /** What runs it, in the protocol's words: tensorflow_js, onnxruntime_onnx, … */
  readonly platform: string;
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly TensorSpec[];
  /**
   * All outputs of all rows; an element that is no finite number is null. The batch holds every input, as its spec says.
   * @throws {Error} where the model cannot answer these rows.
   */
  predict(batch: Batch): Promise<Batch>;
  /** Gives back its memory. Nothing is predicted afterwards. */
  dispose(): void;
}
