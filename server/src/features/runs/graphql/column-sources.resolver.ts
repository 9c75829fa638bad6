import { ColumnLineage, ColumnSource, formatKey } from "@clew/schema";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { z } from "zod";
import type { EdgeEnd, NodeDefinition } from "../../../core/define-node.ts";
import type { Context } from "../../../graphql/context.ts";
import { objectTypeOf } from "../../../graphql/from-zod.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { isHidden, Node, objectType } from "../../../graphql/node-type.ts";

/** A source as it is stored, and the run whose input it names by role. */
type SourceOfRun = z.infer<typeof ColumnSource> & { readonly run: string | null };

/** `columnLineage` of a version that a run made: its sources remember the run. */
export function columnLineageResolver(definition: NodeDefinition): object {
  @Resolver(() => objectType(definition))
  class ColumnLineageResolver {
    @FieldResolver(() => [objectTypeOf(ColumnLineage)])
    columnLineage(@Root() root: NodeValue) {
      const run = root["generatedBy"] as string | null;
      const lineage = root["columnLineage"] as readonly ColumnLineage[];
      return lineage.map((one) => ({ ...one, from: one.from.map((source) => ({ ...source, run })) }));
    }
  }
  return new ColumnLineageResolver();
}

@Resolver(() => objectTypeOf(ColumnSource))
export class ColumnSourceResolver {
  @FieldResolver(() => [Node], {
    description: "The versions that the run was given in this role, of that dataset.",
  })
  async versions(@Root() { input, dataset, run }: SourceOfRun, @Ctx() { loaders }: Context): Promise<NodeValue[]> {
    if (run === null) return [];
    const { inputs = [] } = (await loaders.node.load(run)) as { inputs?: readonly EdgeEnd[] };
    const given = inputs.filter(({ role }) => role === input);
    const versions = await Promise.all(given.map(({ id }) => loaders.node.load(id)));
    return versions.filter((version) => dataset === undefined || isOf(dataset, version));
  }
}

/** Of a hidden version nobody is told which dataset it is of. */
function isOf(dataset: string, version: NodeValue): boolean {
  return !isHidden(version) && formatKey(version as never) === dataset;
}
