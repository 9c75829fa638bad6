import { defaultFieldResolver, type GraphQLSchema, isObjectType } from "graphql";
import type { NodeDefinition } from "../core/define-node.ts";
import { documentMark, documentReference } from "../core/document.ts";
import type { Context } from "./context.ts";
import type { NodeValue } from "./node-value.ts";

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
