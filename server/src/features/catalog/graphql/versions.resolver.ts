import { formatKey } from "@clew/schema";
import { Arg, FieldResolver, Int, Resolver, Root } from "type-graphql";
import type { NodeDefinition } from "../../../core/define-node.ts";
import { connectionType, listNodes } from "../../../graphql/connection.ts";
import { type NodeValue, objectType } from "../../../graphql/node-type.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";

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

/** `versions` of an asset, newest first. */
export function versionsResolver(reader: NodeReader, asset: NodeDefinition, version: NodeDefinition): object {
  const connection = connectionType(version.name, objectType(version));

  @Resolver(() => objectType(asset))
  class VersionsResolver {
    @FieldResolver(() => connection, { description: "Newest first." })
    versions(
      @Root() root: NodeValue,
      @Arg("first", () => Int, { nullable: true }) first: number | undefined,
      @Arg("after", () => String, { nullable: true }) after: string | undefined,
    ) {
      const filter = { types: [version.name], namespaces: null, parent: root.id };
      return listNodes(reader, filter, "NEWEST", { first, after });
    }
  }
  return new VersionsResolver();
}
