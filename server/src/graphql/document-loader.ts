import DataLoader from "dataloader";
import type { Json } from "@clew/schema";
import { DOCUMENT_MAX_BYTES, type DocumentReference } from "../core/document.ts";
import type { NodeReader } from "../ports/node-reader.ts";
import { clientError } from "./errors.ts";

/** Documents that one answer may show, those that it shows twice counted twice: a version's schema, statistics and column lineage. */
export const ANSWER_DOCUMENTS_MAX_BYTES = 3 * DOCUMENT_MAX_BYTES;

export type LoadDocument = (reference: DocumentReference) => Promise<Json>;

/** Loads documents for one request, all that are asked for together at once. */
export function documentLoader(reader: Pick<NodeReader, "documents">): LoadDocument {
  const loader = new DataLoader<string, Json>(async (digests) => {
    const texts = await reader.documents(digests);
    return digests.map((digest) => {
      const text = texts.get(digest);
      return text === undefined ? new Error(`the document ${digest} is missing`) : (JSON.parse(text) as Json);
    });
  });
  let shownBytes = 0;
  return async ({ $document, sizeBytes }) => {
    shownBytes += sizeBytes;
    if (shownBytes > ANSWER_DOCUMENTS_MAX_BYTES) throw tooMuch();
    return loader.load($document);
  };
}

function tooMuch() {
  const message = `the query asks for too much: large fields of more than ${ANSWER_DOCUMENTS_MAX_BYTES} bytes; ask for fewer versions at once`;
  return clientError("QUERY_TOO_COSTLY", message);
}
