import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { place } from "../../core/define-node.ts";
import { CodeRepository, CodeVersion } from "./code.node.ts";
import { Environment, HyperparameterSet } from "./settings.node.ts";

export const hyperparameterSetRecorded = defineFact({
  type: "hyperparameter-set.recorded",
  v: 1,
  payload: HyperparameterSet.schema,
  project: (node) => place(HyperparameterSet, node),
});

export const environmentRecorded = defineFact({
  type: "environment.recorded",
  v: 1,
  payload: Environment.schema,
  project: (node) => place(Environment, node),
});

export const codeVersionRecorded = defineFact({
  type: "code-version.recorded",
  v: 1,
  payload: z.strictObject({ repository: CodeRepository.schema, version: CodeVersion.schema }),
  project: ({ repository, version }, context) => [
    ...place(CodeRepository, repository),
    ...place(CodeVersion, version, context),
  ],
});
