import { readInferenceId } from "@clew/schema";
import { Arg, Ctx, Field, ObjectType, Query, Resolver } from "type-graphql";
import { nodeOf } from "../../../core/define-node.ts";
import type { Context } from "../../../graphql/context.ts";
import { clientError } from "../../../graphql/errors.ts";
import { mayRead } from "../../../graphql/loaders.ts";
import { type NodeValue, nodeValue } from "../../../graphql/node-value.ts";
import { Node, objectType } from "../../../graphql/node-type.ts";
import { GraphQLDateTime } from "../../../graphql/scalars.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { Deployment } from "../deployment.node.ts";

@ObjectType("Inference", { description: "What stood behind one answer of an endpoint." })
class Inference {
  @Field(() => String)
  id!: string;

  @Field(() => GraphQLDateTime, { description: "When the request had arrived." })
  at!: number;

  @Field(() => objectType(Deployment))
  deployment!: NodeValue;

  @Field(() => Node, { nullable: true, description: "The model version that answered; null where none was chosen." })
  model!: NodeValue | null;
}

@Resolver(() => Inference)
export class InferenceResolver {
  readonly #reader: NodeReader;

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  @Query(() => Inference, {
    nullable: true,
    description:
      "By the id that came with the answer, as its header X-Inference-Id. The id itself says what answered, whether or not the inference was kept.",
  })
  async inference(
    @Arg("id", () => String) id: string,
    @Ctx() { principal, loaders }: Context,
  ): Promise<Inference | null> {
    const origin = readInferenceId(id);
    if (origin === null) throw clientError("INVALID_INPUT", `${id} is no inference's id`, { path: ["id"] });
    const [state] = await this.#reader.byIds([origin.deployment]);
    const deployment = state ? nodeValue(state) : null;
    if (!state || !deployment || !mayRead(principal, deployment)) return null;
    const { serves } = nodeOf(Deployment, state);
    const served = origin.place === null ? undefined : serves[origin.place];
    if (origin.place !== null && served === undefined) return null;
    return { id, at: origin.at, deployment, model: served ? await loaders.node.load(served.id) : null };
  }
}
