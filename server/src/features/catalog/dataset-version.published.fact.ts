import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { place } from "../../core/define-node.ts";
import { DatasetVersion } from "./dataset-version.node.ts";
import { Dataset } from "./dataset.node.ts";

/**
 * A dataset has a new version. The dataset comes along as it stands afterwards: the first version makes it. What a run made is
 * attributed to whom the run is attributed to, not to the runner that reports it.
 */
export const datasetVersionPublished = defineFact({
  type: "dataset-version.published",
  v: 1,
  payload: z.strictObject({ dataset: Dataset.schema, version: DatasetVersion.schema }),
  project: ({ dataset, version }, context) => [
    ...place(Dataset, dataset),
    ...place(DatasetVersion, version, version.generatedBy === null ? context : undefined),
  ],
});
