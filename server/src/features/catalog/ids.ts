import { type AssetKey, contentId } from "@clew/schema";

/** Ids of what the catalogue holds: each follows from what the thing is, so that a look-up by key is a look-up by id. */
export const assetId = (
  type: "Dataset" | "Model" | "CodeRepository" | "Endpoint" | "UseCase" | "Pipeline" | "Trigger",
  key: AssetKey,
) => contentId(type, key.namespace, key.name);

export const datasetVersionId = (datasetId: string, digest: string) => contentId("DatasetVersion", datasetId, digest);

/** The same artifact made by two runs is two model versions. */
export const modelVersionId = (modelId: string, digest: string, runId: string) =>
  contentId("ModelVersion", modelId, digest, runId);

export const codeVersionId = (repositoryId: string, commit: string, dirtyDigest: string | null) =>
  contentId("CodeVersion", repositoryId, commit, dirtyDigest ?? "");

export const hyperparameterSetId = (digest: string) => contentId("HyperparameterSet", digest);
export const environmentId = (digest: string) => contentId("Environment", digest);
