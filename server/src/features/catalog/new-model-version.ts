import type { ColumnLineage, ManifestFile, ModelSignature } from "@clew/schema";
import type { FactContext } from "../../core/define-fact.ts";
import type { EdgeEnd } from "../../core/define-node.ts";
import type { Metric } from "../../core/metric.ts";
import type { Heads } from "../../ledger/command.ts";
import { heldContent } from "./dataset-content.ts";
import { assetId, modelVersionId } from "./ids.ts";
import { modelVersionRegistered } from "./model-version.registered.fact.ts";
import { Model } from "./model.node.ts";

export interface NewModelVersion {
  readonly namespace: string;
  readonly name: string;
  readonly files: readonly ManifestFile[];
  readonly format: string;
  readonly signature: ModelSignature;
  readonly columnLineage: readonly ColumnLineage[];
  readonly metrics: readonly Metric[];
  readonly derivedFrom: readonly EdgeEnd[];
  readonly generatedBy: string;
}

/** The fact of a run's new model version, and its files' rows. Needs the head of the model. */
export function newModelVersion(heads: Heads, { at }: FactContext, version: NewModelVersion) {
  const { namespace, name, files, generatedBy } = version;
  const { digest, fileCount, sizeBytes, files: sorted } = heldContent(files, []);
  const modelId = assetId("Model", version);
  const before = heads.get(Model, modelId);
  const number = (before?.latestVersion ?? 0) + 1;
  const id = modelVersionId(modelId, digest, generatedBy);
  return {
    id,
    fact: modelVersionRegistered.of({
      model: { id: modelId, namespace, name, latestVersion: number, createdAt: before?.createdAt ?? at },
      version: {
        id,
        namespace,
        name,
        version: number,
        state: "PENDING",
        digest,
        format: version.format,
        signature: version.signature,
        columnLineage: [...version.columnLineage],
        metrics: [...version.metrics],
        fileCount,
        sizeBytes,
        createdAt: at,
        model: modelId,
        generatedBy,
        derivedFrom: [...version.derivedFrom],
      },
    }),
    files: sorted.map((file) => ({ versionId: id, ...file })),
  };
}
