import { canSomewhere, type Principal } from "../../../graphql/principal.ts";
import { type MutationDefinition, mutation } from "../../../graphql/mutation-resolver.ts";
import { inNamespace } from "../../../graphql/mutations.ts";
import type { ArtifactStore } from "../../../ports/artifact-store.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { CodeVersion } from "../code.node.ts";
import { DatasetVersion } from "../dataset-version.node.ts";
import { lookUpVersions } from "../find-by-key.ts";
import { missingFiles } from "../missing-files.ts";
import { PublishDatasetVersion, publishDatasetVersion } from "../publish-dataset-version.ts";
import {
  RecordCodeVersion,
  RecordEnvironment,
  RecordHyperparameterSet,
  recordCodeVersion,
  recordEnvironment,
  recordHyperparameterSet,
} from "../record-settings.ts";
import { Environment, HyperparameterSet } from "../settings.node.ts";

export function catalogMutations(artifacts: ArtifactStore, reader: NodeReader): MutationDefinition[] {
  return [
    mutation({
      name: "publishDatasetVersion",
      description:
        "Publishes a state of a dataset. Its files must be in the artifact store; the first version makes the dataset.",
      input: PublishDatasetVersion,
      things: { datasetVersion: DatasetVersion },
      allow: inNamespace("CONTRIBUTOR"),
      prepare: async (input, principal) => {
        const errors = await missingFiles(artifacts, input.files);
        if (errors.length > 0) return { errors };
        const pathOf = (position: number) => ["derivedFrom", String(position)];
        const found = await lookUpVersions(reader, principal, input.derivedFrom, [DatasetVersion.name], pathOf);
        return "errors" in found ? found : publishDatasetVersion({ ...input, derivedFrom: [...found] });
      },
    }),
    mutation({
      name: "recordCodeVersion",
      description: "Records a commit and the digest of uncommitted changes.",
      input: RecordCodeVersion,
      things: { codeVersion: CodeVersion },
      allow: inNamespace("CONTRIBUTOR"),
      prepare: async (input) => recordCodeVersion(input),
    }),
    mutation({
      name: "recordHyperparameterSet",
      description: "Records hyperparameters; the same values are the same set.",
      input: RecordHyperparameterSet,
      things: { hyperparameterSet: HyperparameterSet },
      allow: contributesSomewhere,
      prepare: async (input) => recordHyperparameterSet(input),
    }),
    mutation({
      name: "recordEnvironment",
      description: "Records what a run ran in; the same values are the same environment.",
      input: RecordEnvironment,
      things: { environment: Environment },
      allow: contributesSomewhere,
      prepare: async (input) => recordEnvironment(input),
    }),
  ];
}

/** What has no namespace may be written by whoever may write in any. */
const contributesSomewhere = (principal: Principal) => canSomewhere(principal, "CONTRIBUTOR");
