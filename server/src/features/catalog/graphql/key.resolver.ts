import { formatKey } from "@clew/schema";
import { FieldResolver, Resolver, Root } from "type-graphql";
import type { NodeDefinition } from "../../../core/define-node.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { objectType } from "../../../graphql/node-type.ts";

type Keyed = NodeValue & { readonly namespace: string; readonly name: string; readonly version?: number };

/** `key` of an asset or version: `namespace/name`, or `namespace/name@3`. */
export function keyResolver(definition: NodeDefinition): object {
  @Resolver(() => objectType(definition))
  class KeyResolver {
    @FieldResolver(() => String, { description: "namespace/name; a version has @ and its number behind it." })
    key(@Root() root: Keyed): string {
      return formatKey(root, root.version);
    }
  }
  return new KeyResolver();
}
