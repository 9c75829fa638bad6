import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { place } from "../../core/define-node.ts";
import { ModelVersion } from "./model-version.node.ts";
import { Model } from "./model.node.ts";

/** A model has a new version, made by a run. The model comes along as it stands afterwards. */
export const modelVersionRegistered = defineFact({
  type: "model-version.registered",
  v: 1,
  payload: z.strictObject({ model: Model.schema, version: ModelVersion.schema }),
  project: ({ model, version }) => [...place(Model, model), ...place(ModelVersion, version)],
});
