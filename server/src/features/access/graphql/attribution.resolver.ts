import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { endsOf, isByEdge, type NodeDefinition } from "../../../core/define-node.ts";
import type { Context } from "../../../graphql/context.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { Node, objectType } from "../../../graphql/node-type.ts";

/** Whether a node has an author: of its own, or through the run that made it. */
export function isAttributed({ edges }: NodeDefinition): boolean {
  return Object.values(edges).some((edge) => isByEdge(edge) || edge.arrow === "GENERATED_BY");
}

/** `attributedTo` of a run, a version or a report. */
export function attributionResolver(definition: NodeDefinition): object {
  const made = Object.keys(definition.edges).find((field) => definition.edges[field]!.arrow === "GENERATED_BY");

  @Resolver(() => objectType(definition))
  class AttributionResolver {
    @FieldResolver(() => Node, {
      nullable: true,
      description:
        "Who submitted, published or recorded it; of what a run made, who submitted the run. Null where it is not known.",
    })
    async attributedTo(@Root() root: NodeValue, @Ctx() { loaders }: Context): Promise<NodeValue | null> {
      const own = agentOf(root);
      if (own !== undefined) return loaders.node.load(own);
      const [run] = made === undefined ? [] : endsOf(root[made] as never);
      const agent = run && agentOf(await loaders.node.load(run.id));
      return agent === undefined ? null : loaders.node.load(agent);
    }
  }
  return new AttributionResolver();
}

function agentOf({ attributedTo }: NodeValue): string | undefined {
  return typeof attributedTo === "string" ? attributedTo : undefined;
}
