import type { NodeDefinition } from "../../core/define-node.ts";
import { authorResolver } from "../../graphql/author.ts";
import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { tagMutations } from "./graphql/tag-mutations.ts";
import { aliasesResolver, AliasType, tagsResolver, TagType } from "./graphql/tags.resolver.ts";
import { aliasDeleted, aliasSet, tagDeleted, tagSet } from "./tag.facts.ts";

export const tagFacts = [aliasSet, aliasDeleted, tagSet, tagDeleted];

/** Tags on `nodes` that are assets, versions or in a namespace; aliases on those with numbered versions. */
export function tagResolvers(
  reader: NodeReader,
  mutations: Mutations,
  nodes: readonly NodeDefinition[],
  protectedAliases: readonly string[],
): object[] {
  const taggable = nodes.filter(({ kind, fields }) => kind !== "plain" || "namespace" in fields);
  const numbered = nodes.filter(({ fields }) => "latestVersion" in fields || "version" in fields);
  const rules = { taggable: taggable.map(({ name }) => name), protectedAliases: new Set(protectedAliases) };
  return [
    ...taggable.map(tagsResolver),
    ...numbered.map(aliasesResolver),
    ...[TagType, AliasType].map(authorResolver),
    mutationResolver("TagMutations", mutations, tagMutations(reader, rules)),
  ];
}
