import DataLoader from "dataloader";
import { defaultFieldResolver, type GraphQLSchema, isObjectType } from "graphql";
import type { Json } from "@clew/schema";
import type { NodeDefinition } from "../core/define-node.ts";
import { DOCUMENT_MAX_BYTES, documentMark, documentReference, type DocumentReference } from "../core/document.ts";
import type { NodeReader } from "../ports/node-reader.ts";
import type { Context } from "./context.ts";
import { clientError } from "./errors.ts";
import type { NodeValue } from "./node-type.ts";

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

/** Lets a schema's fields that may be large find their values: read when the field is asked for, and not with the node. */
export function resolveDocuments(schema: GraphQLSchema, definitions: readonly NodeDefinition[]): void {
  for (const { name, fields } of definitions) {
    for (const [field, shape] of Object.entries(fields)) if (documentMark(shape as never)) resolve(schema, name, field);
  }
}

function resolve(schema: GraphQLSchema, typeName: string, fieldName: string): void {
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  if (field === undefined) return;
  const own = field.resolve ?? defaultFieldResolver;
  field.resolve = (root: NodeValue, args, context: Context, info) => {
    const reference = documentReference(root[fieldName]);
    if (reference === null) return own(root, args, context, info);
    return context.loaders
      .document(reference)
      .then((value) => own({ ...root, [fieldName]: value }, args, context, info));
  };
}
