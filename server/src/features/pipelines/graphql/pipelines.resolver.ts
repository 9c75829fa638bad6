import { typeOfId } from "@clew/schema";
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root, ArgsType, Field } from "type-graphql";
import { connectionType } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { mayRead } from "../../../graphql/loaders.ts";
import { isHidden, type NodeValue, nodeValue, objectType } from "../../../graphql/node-type.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { AttributedListArguments, findByKey, listOf, TaggedListArguments } from "../../catalog/index.ts";
import { Decision } from "../../decisions/index.ts";
import { Deployment } from "../../deployments/index.ts";
import { Report, Run } from "../../runs/index.ts";
import { stepsOf } from "../make-moves.ts";
import { PipelineStep } from "../pipeline-step.node.ts";
import { Pipeline, PipelineVersion } from "../pipeline.node.ts";

const PipelineConnection = connectionType("Pipeline", objectType(Pipeline));
const PipelineVersionConnection = connectionType("PipelineVersion", objectType(PipelineVersion));

@ArgsType()
class PipelineVersionArguments extends AttributedListArguments {
  @Field(() => ID, { nullable: true, description: "Only versions of this pipeline, by id or key." })
  pipeline?: string | null;
}

@Resolver()
export class PipelineQueries {
  readonly #reader: NodeReader;

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  @Query(() => objectType(Pipeline), { nullable: true, description: "A pipeline by its key, namespace/name." })
  pipeline(@Arg("key", () => String) key: string, @Ctx() context: Context) {
    return this.#byKey(key, Pipeline.name, context);
  }

  @Query(() => objectType(PipelineVersion), {
    nullable: true,
    description: "By key: namespace/name@3, namespace/name@latest or, with an alias, namespace/name@production.",
  })
  pipelineVersion(@Arg("key", () => String) key: string, @Ctx() context: Context) {
    return this.#byKey(key, PipelineVersion.name, context);
  }

  @Query(() => PipelineConnection)
  pipelines(@Args(() => TaggedListArguments) args: TaggedListArguments, @Ctx() context: Context) {
    return listOf(this.#reader, Pipeline, args, context);
  }

  @Query(() => PipelineVersionConnection, { description: "Versions of all pipelines." })
  pipelineVersions(@Args(() => PipelineVersionArguments) args: PipelineVersionArguments, @Ctx() context: Context) {
    const { pipeline: parent, agent } = args;
    return listOf(this.#reader, PipelineVersion, args, context, { parent, agent });
  }

  async #byKey(key: string, type: string, { principal }: Context): Promise<NodeValue | null> {
    const state = await findByKey(this.#reader, "Pipeline", key);
    const value = state && typeOfId(state.id) === type ? nodeValue(state) : null;
    return value && mayRead(principal, value) ? value : null;
  }
}

@Resolver(() => objectType(Run))
export class RunStepsResolver {
  readonly #reader: NodeReader;

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  @FieldResolver(() => [objectType(PipelineStep)], {
    nullable: true,
    complexity: 20,
    description: "Of a pipeline's run: its steps, each behind those that it needs. Null for any other run.",
  })
  async steps(@Root() root: NodeValue): Promise<NodeValue[] | null> {
    if (root["runType"] !== "PIPELINE") return null;
    const steps = await stepsOf(this.#reader, root.id);
    return steps.length === 0 ? null : steps.map((step) => ({ ...step }));
  }
}

@Resolver(() => objectType(PipelineStep))
export class PipelineStepResolver {
  @FieldResolver(() => objectType(Run), {
    nullable: true,
    description: "The run that the step has submitted, or that stands for it.",
  })
  run(@Root() root: NodeValue, @Ctx() context: Context) {
    return loaded(root["run"], context);
  }

  @FieldResolver(() => objectType(Decision), {
    nullable: true,
    description: "What was decided: by the step, or by whom it has asked.",
  })
  decision(@Root() root: NodeValue, @Ctx() context: Context) {
    return loaded(root["decision"], context);
  }

  @FieldResolver(() => objectType(Deployment), {
    nullable: true,
    description: "The revision that the step wants served.",
  })
  deployment(@Root() root: NodeValue, @Ctx() context: Context) {
    return loaded(root["deployment"], context);
  }

  @FieldResolver(() => objectType(Report), {
    nullable: true,
    description: "Of a step that watches: the report that has decided, or the last that has not.",
  })
  report(@Root() root: NodeValue, @Ctx() context: Context) {
    return loaded(root["report"], context);
  }

  @FieldResolver(() => objectType(PipelineStep), {
    nullable: true,
    description: "The step of an earlier pipeline run whose result stands for this one's.",
  })
  reusedFrom(@Root() root: NodeValue, @Ctx() context: Context) {
    return loaded(root["reusedFrom"], context);
  }
}

async function loaded(id: unknown, { loaders }: Context): Promise<NodeValue | null> {
  if (typeof id !== "string") return null;
  const value = await loaders.node.load(id);
  return isHidden(value) ? null : value;
}
