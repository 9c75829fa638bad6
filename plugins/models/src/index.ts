export * from "./datatypes.ts";
export { formatOf, loadModel } from "./load-model.ts";
export { ONNXRUNTIME_VERSION } from "./onnx.ts";
export * from "./row-check.ts";
export * from "./servable-model.ts";
