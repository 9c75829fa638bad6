import { type Column, manifestDigest } from "@clew/schema";
import { documentReference } from "../../core/document.ts";
import type { NodeState } from "../../core/graph-change.ts";
import type { ContentDigest } from "../../ledger/verify-files.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { DatasetVersion } from "./dataset-version.node.ts";

type Documents = Pick<NodeReader, "documents">;

/** The digest of the manifest that a version, or a report, has with given files: of a dataset's version with its schema. */
export function contentDigests(reader: Documents): ContentDigest {
  return async (version, files) =>
    manifestDigest({
      files: files.map(({ path, digest, sizeBytes }) => ({ path, digest, sizeBytes })),
      schema: version.type === DatasetVersion.name ? await schemaOf(version, reader) : [],
    });
}

/** @throws when a document is missing, which the verification of the ledger finds. */
async function schemaOf({ id, attributes }: NodeState, reader: Documents): Promise<Column[]> {
  const schema: unknown = attributes["schema"];
  const reference = documentReference(schema);
  if (reference === null) return schema as Column[];
  const text = (await reader.documents([reference.$document])).get(reference.$document);
  if (text === undefined) throw new Error(`the document ${reference.$document} of ${id} is missing`);
  return JSON.parse(text) as Column[];
}
