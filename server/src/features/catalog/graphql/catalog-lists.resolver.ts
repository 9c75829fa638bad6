import { ModelVersionState } from "@clew/schema";
import { Args, ArgsType, Ctx, Field, ID, Query, Resolver } from "type-graphql";
import type { NodeDefinition } from "../../../core/define-node.ts";
import { connectionType } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { enumTypeOf } from "../../../graphql/from-zod.ts";
import { objectType } from "../../../graphql/node-type.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { Agent } from "../../access/index.ts";
import { CodeRepository, CodeVersion } from "../code.node.ts";
import { DatasetVersion } from "../dataset-version.node.ts";
import { Dataset } from "../dataset.node.ts";
import { ModelVersion } from "../model-version.node.ts";
import { Model } from "../model.node.ts";
import { Environment, HyperparameterSet } from "../settings.node.ts";
import {
  AttributedListArguments,
  NamedListArguments,
  TaggedListArguments,
  UnnamedListArguments,
} from "./list-arguments.ts";
import { listOf } from "./list-of.ts";

const connectionOf = (node: NodeDefinition) => connectionType(node.name, objectType(node));
const DatasetConnection = connectionOf(Dataset);
const DatasetVersionConnection = connectionOf(DatasetVersion);
const ModelConnection = connectionOf(Model);
const ModelVersionConnection = connectionOf(ModelVersion);
const CodeRepositoryConnection = connectionOf(CodeRepository);
const CodeVersionConnection = connectionOf(CodeVersion);
const HyperparameterSetConnection = connectionOf(HyperparameterSet);
const EnvironmentConnection = connectionOf(Environment);
const AgentConnection = connectionOf(Agent);
const ModelVersionStateEnum = enumTypeOf(ModelVersionState);
const AgentKindEnum = enumTypeOf(Agent.fields.kind);

@ArgsType()
class DatasetVersionArguments extends TaggedListArguments {
  @Field(() => ID, { nullable: true, description: "Only versions of this dataset, by id or key." })
  dataset?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "Only versions that this agent or runner published itself, by its id or an agent's name; what a run made has the run's.",
  })
  agent?: string | null;
}

@ArgsType()
class ModelVersionArguments extends TaggedListArguments {
  @Field(() => [ModelVersionStateEnum], { nullable: true, description: "Only versions in one of these states." })
  states?: ModelVersionState[] | null;

  @Field(() => ID, { nullable: true, description: "Only versions of this model, by id or key." })
  model?: string | null;
}

@ArgsType()
class CodeVersionArguments extends AttributedListArguments {
  @Field(() => ID, { nullable: true, description: "Only commits of this repository, by id or key." })
  repository?: string | null;
}

@ArgsType()
class AgentArguments extends NamedListArguments {
  @Field(() => [AgentKindEnum], { nullable: true, description: "Only agents of one of these kinds." })
  kinds?: string[] | null;
}

@Resolver()
export class CatalogLists {
  readonly #reader: NodeReader;

  constructor(reader: NodeReader) {
    this.#reader = reader;
  }

  @Query(() => DatasetConnection)
  datasets(@Args(() => TaggedListArguments) args: TaggedListArguments, @Ctx() context: Context) {
    return listOf(this.#reader, Dataset, args, context);
  }

  @Query(() => DatasetVersionConnection, { description: "Versions of all datasets." })
  datasetVersions(@Args(() => DatasetVersionArguments) args: DatasetVersionArguments, @Ctx() context: Context) {
    const { dataset: parent, agent } = args;
    return listOf(this.#reader, DatasetVersion, args, context, { parent, agent });
  }

  @Query(() => ModelConnection)
  models(@Args(() => TaggedListArguments) args: TaggedListArguments, @Ctx() context: Context) {
    return listOf(this.#reader, Model, args, context);
  }

  @Query(() => ModelVersionConnection, { description: "Versions of all models." })
  modelVersions(@Args(() => ModelVersionArguments) args: ModelVersionArguments, @Ctx() context: Context) {
    const { states, model: parent } = args;
    return listOf(this.#reader, ModelVersion, args, context, { states, parent });
  }

  @Query(() => CodeRepositoryConnection)
  codeRepositories(@Args(() => TaggedListArguments) args: TaggedListArguments, @Ctx() context: Context) {
    return listOf(this.#reader, CodeRepository, args, context);
  }

  @Query(() => CodeVersionConnection)
  codeVersions(@Args(() => CodeVersionArguments) args: CodeVersionArguments, @Ctx() context: Context) {
    const { repository: parent, agent } = args;
    return listOf(this.#reader, CodeVersion, args, context, { parent, agent });
  }

  @Query(() => HyperparameterSetConnection, { description: "In no namespace: whoever has a token reads them." })
  hyperparameterSets(@Args(() => UnnamedListArguments) args: UnnamedListArguments, @Ctx() context: Context) {
    return listOf(this.#reader, HyperparameterSet, args, context);
  }

  @Query(() => EnvironmentConnection, { description: "In no namespace: whoever has a token reads them." })
  environments(@Args(() => UnnamedListArguments) args: UnnamedListArguments, @Ctx() context: Context) {
    return listOf(this.#reader, Environment, args, context);
  }

  @Query(() => AgentConnection, { description: "Who acts here; for whoever has a token." })
  agents(@Args(() => AgentArguments) args: AgentArguments, @Ctx() context: Context) {
    return listOf(this.#reader, Agent, args, context, { attributes: { kind: args.kinds }, personalNames: true });
  }
}
