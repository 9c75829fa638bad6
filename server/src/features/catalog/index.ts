import { childrenResolver } from "../../graphql/connection.ts";
import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { NodeHistoryReader } from "../../ports/node-history.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { CodeRepository, CodeVersion } from "./code.node.ts";
import { datasetVersionPublished } from "./dataset-version.published.fact.ts";
import { DatasetVersion } from "./dataset-version.node.ts";
import { Dataset } from "./dataset.node.ts";
import { catalogMutations } from "./graphql/catalog-mutations.ts";
import { CatalogLists } from "./graphql/catalog-lists.resolver.ts";
import { CatalogQueries } from "./graphql/catalog-queries.resolver.ts";
import { FileUsesResolver, filesResolver } from "./graphql/files.resolver.ts";
import { keyResolver } from "./graphql/key.resolver.ts";
import { ModelVersion } from "./model-version.node.ts";
import { modelVersionRegistered } from "./model-version.registered.fact.ts";
import { modelVersionStateChanged } from "./model-version.state-changed.fact.ts";
import { Model } from "./model.node.ts";
import { Environment, HyperparameterSet } from "./settings.node.ts";
import { codeVersionRecorded, environmentRecorded, hyperparameterSetRecorded } from "./settings.recorded.fact.ts";

export { contentDigests } from "./content-digest.ts";
export { type DatasetContent, heldContent } from "./dataset-content.ts";
export { statisticsOfColumns, UniqueColumns, UniqueStatistics } from "./columns.ts";
export { findByKey, findNodes, findOne, lookUpVersions, versionOf } from "./find-by-key.ts";
export { AttributedListArguments, NamedListArguments, TaggedListArguments } from "./graphql/list-arguments.ts";
export { filterOf, listOf } from "./graphql/list-of.ts";
export { TimeArguments } from "./graphql/time-arguments.ts";
export { assetId, codeVersionId, datasetVersionId, environmentId, hyperparameterSetId } from "./ids.ts";
export { missingFiles } from "./missing-files.ts";
export { Files, newDatasetVersion } from "./publish-dataset-version.ts";
export { environmentFact, hyperparameterSetFact } from "./record-settings.ts";
export { newModelVersion } from "./new-model-version.ts";
export { keyResolver, modelVersionStateChanged };
export { CodeVersion, Dataset, DatasetVersion, Environment, HyperparameterSet, Model, ModelVersion };

export const catalogNodes = [
  Dataset,
  DatasetVersion,
  Model,
  ModelVersion,
  CodeRepository,
  CodeVersion,
  HyperparameterSet,
  Environment,
];

export const catalogFacts = [
  datasetVersionPublished,
  modelVersionRegistered,
  modelVersionStateChanged,
  codeVersionRecorded,
  hyperparameterSetRecorded,
  environmentRecorded,
];

export interface CatalogParts {
  readonly reader: NodeReader;
  readonly history: NodeHistoryReader;
  readonly artifacts: ArtifactStore;
  readonly mutations: Mutations;
  /** The node types that `search` looks through. */
  readonly searched: readonly string[];
}

/** The catalogue's resolvers, wired. */
export function catalogResolvers({ reader, history, artifacts, mutations, searched }: CatalogParts): object[] {
  return [
    new CatalogQueries(reader, history, searched),
    new CatalogLists(reader),
    new FileUsesResolver(reader),
    ...[Dataset, Model, DatasetVersion, ModelVersion].map(keyResolver),
    childrenResolver(reader, Dataset, DatasetVersion, "versions"),
    childrenResolver(reader, Model, ModelVersion, "versions"),
    filesResolver(reader, DatasetVersion),
    filesResolver(reader, ModelVersion),
    mutationResolver("CatalogMutations", mutations, catalogMutations(artifacts, reader)),
  ];
}
