/** Of the net that lies in several plugins' folders as a model to try. */
export const NET_SIGNATURE = {
  inputs: [
    { name: "port", type: "VARCHAR" },
    { name: "hour", type: "BIGINT" },
    { name: "load", type: "DOUBLE" },
    { name: "holiday", type: "BOOLEAN" },
    { name: "gates", type: "BIGINT" },
  ],
  outputs: [{ name: "probability", type: "DOUBLE" }],
};

/** Of `plugins/tabular/test/several-classes`, which train-xgboost made. */
export const CLASSES_SIGNATURE = {
  inputs: [
    { name: "hour", type: "BIGINT" },
    { name: "load", type: "BIGINT" },
  ],
  outputs: [
    { name: "label", type: "VARCHAR" },
    { name: "probabilities", type: "DOUBLE[3]" },
  ],
};

/** Of serve-models' `test/onnx/every-kind`. */
export const EVERY_KIND_SIGNATURE = {
  inputs: [
    { name: "port", type: "VARCHAR" },
    { name: "hour", type: "BIGINT" },
    { name: "load", type: "DOUBLE" },
    { name: "sensors", type: "FLOAT[3]" },
    { name: "holiday", type: "BOOLEAN" },
    { name: "gates", type: "UTINYINT" },
  ],
  outputs: [
    { name: "port_again", type: "VARCHAR" },
    { name: "later", type: "BIGINT" },
    { name: "score", type: "DOUBLE" },
    { name: "doubled", type: "FLOAT[3]" },
    { name: "workday", type: "BOOLEAN" },
    { name: "gates_again", type: "UINT8" },
  ],
};

/** Of serve-models' `test/onnx/sklearn`. */
export const SKLEARN_SIGNATURE = {
  inputs: [{ name: "features", type: "FLOAT[4]" }],
  outputs: [
    { name: "label", type: "INT64" },
    { name: "probabilities", type: "FP32[2]" },
  ],
};
