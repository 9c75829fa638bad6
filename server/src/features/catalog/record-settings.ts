import { Name, Namespace, RepositoryUrl, Sha256, digestOf } from "@clew/schema";
import { z } from "zod";
import type { Fact, FactContext } from "../../core/define-fact.ts";
import { JsonObject, TextObject } from "../../core/json-object.ts";
import type { Decision, Heads } from "../../ledger/command.ts";
import { CodeRepository, CodeVersion } from "./code.node.ts";
import { assetId, codeVersionId, environmentId, hyperparameterSetId } from "./ids.ts";
import { codeVersionRecorded, environmentRecorded, hyperparameterSetRecorded } from "./settings.recorded.fact.ts";

export const RecordHyperparameterSet = z
  .strictObject({ parameters: JsonObject })
  .meta({ id: "RecordHyperparameterSet" });

export const RecordEnvironment = z.strictObject({ values: TextObject }).meta({ id: "RecordEnvironment" });

export const RecordCodeVersion = z
  .strictObject({
    namespace: Namespace,
    name: Name,
    url: RepositoryUrl.nullable()
      .default(null)
      .describe("Where the repository is. The first that is told stays: nobody leads its readers elsewhere."),
    commit: CodeVersion.fields.commit,
    dirtyDigest: Sha256.nullable().default(null),
  })
  .meta({ id: "RecordCodeVersion" });

/** What content alone identifies is recorded once; the same content again answers the same node. */
function once<Thing extends string>(
  thing: Thing,
  id: string,
  fact: (heads: Heads, context: FactContext) => Fact,
  heads: readonly string[] = [],
) {
  return {
    heads: [id, ...heads],
    decide: (known: Heads, context: FactContext): Decision<Record<Thing, string>> => ({
      facts: known.has(id) ? [] : [fact(known, context)],
      answer: { [thing]: id } as Record<Thing, string>,
    }),
  };
}

export type Parameters = z.infer<typeof RecordHyperparameterSet>["parameters"];

export function hyperparameterSetFact(parameters: Parameters, { at }: FactContext): Fact {
  const digest = digestOf(parameters);
  return hyperparameterSetRecorded.of({ id: hyperparameterSetId(digest), digest, parameters, createdAt: at });
}

export function recordHyperparameterSet({ parameters }: z.infer<typeof RecordHyperparameterSet>) {
  return once("hyperparameterSet", hyperparameterSetId(digestOf(parameters)), (_, context) =>
    hyperparameterSetFact(parameters, context),
  );
}

export function environmentFact(values: Record<string, string>, { at }: FactContext): Fact {
  const digest = digestOf(values);
  return environmentRecorded.of({ id: environmentId(digest), digest, values, createdAt: at });
}

export function recordEnvironment({ values }: z.infer<typeof RecordEnvironment>) {
  return once("environment", environmentId(digestOf(values)), (_, context) => environmentFact(values, context));
}

export function recordCodeVersion(input: z.infer<typeof RecordCodeVersion>) {
  const { namespace, name, url, commit, dirtyDigest } = input;
  const repository = assetId("CodeRepository", input);
  const id = codeVersionId(repository, commit, dirtyDigest);
  const fact = (heads: Heads, { at }: FactContext) => {
    const before = heads.get(CodeRepository, repository);
    return codeVersionRecorded.of({
      repository: {
        id: repository,
        namespace,
        name,
        url: before?.url ?? url,
        createdAt: before?.createdAt ?? at,
      },
      version: { id, namespace, name, commit, dirtyDigest, createdAt: at, repository },
    });
  };
  return once("codeVersion", id, fact, [repository]);
}
