import { InferenceDocument, type InferenceQuery } from "@clew/schema/graphql";
import type { ClewClient } from "../client.ts";
import { UsageError } from "../errors.ts";
import { type Decision, deciderOf, subjectOf } from "../show/serving-words.ts";
import { time } from "../terminal/format.ts";
import type { Paint } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";

export type Inference = NonNullable<InferenceQuery["inference"]>;

/** @throws {UsageError} where nothing is known of it, or the caller may not read it. */
export async function findInference(client: ClewClient, id: string): Promise<Inference> {
  const { inference } = await client.request(InferenceDocument, { id });
  if (inference === null)
    throw new UsageError(`there is no deployment that inference ${id} could come from, or it may not be read`);
  return inference;
}

/** What answered, as part of what, and who let both go live. */
export function inferenceLines({ id, at, deployment, model }: Inference, paint: Paint): string[] {
  const version = model?.__typename === "ModelVersion" ? model : null;
  const decisions = [...(version?.decisions.nodes ?? []), ...deployment.decisions.nodes];
  return [
    `${paint("bold", "inference")} ${clean(id)}  ${time(at)}`,
    `  deployment  ${paint("red", deployment.key)}  ${deployment.state}`,
    version
      ? `  model       ${paint("magenta", version.key)}  ${version.state}`
      : `  model       ${paint("dim", model === null ? "none was chosen: the request was refused" : "you may not read it")}`,
    ...decisions.toSorted((a, b) => a.decidedAt.localeCompare(b.decidedAt)).map((one) => decisionLine(one, paint)),
  ];
}

function decisionLine(decision: Decision, paint: Paint): string {
  const { decisionType, about, decidedAt, reason } = decision;
  const who = deciderOf(decision) || "nobody known";
  return `  ${paint("green", decisionType.toLowerCase().padEnd(10))}  ${subjectOf(about)} by ${who}, ${time(decidedAt)}: ${clean(reason)}`;
}
