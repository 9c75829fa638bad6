import { digestOf, formatKey, type Json, typeOfId } from "@clew/schema";
import { GraphQLError } from "graphql";
import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import type { UseCase } from "../../graphql/mutations.ts";
import type { Principal } from "../../graphql/principal.ts";
import type { Command, Recorded, UserError } from "../../ledger/command.ts";
import type { FollowerLog } from "../../ledger/follower.ts";
import type { Tries } from "../../ledger/tries.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { SYSTEM_AGENT } from "../access/index.ts";
import { Alert, alertOn, lastAlert } from "../alerts/index.ts";
import { findNodes } from "../catalog/index.ts";
import {
  answeringText,
  changeServed,
  Deployment,
  type Endpoint,
  goBackTo,
  isOutlived,
  lookUpEndpoint,
  revisionToGoBackTo,
} from "../deployments/index.ts";
import type { PipelineStarter } from "../pipelines/index.ts";
import { lookUpSubmit, SubmitRun, submitRun } from "../runs/index.ts";
import { noticeGiven } from "../webhooks/index.ts";
import type { FiringNode, TriggerNode } from "./fire-trigger.ts";
import { actingAs } from "./needs.ts";
import { ASK } from "./occasions.ts";
import type { Reacted } from "./trigger.node.ts";
import { filled, type Reaction } from "./trigger-definition.ts";

export interface ReactionParts {
  readonly reader: NodeReader;
  readonly record: <Answer extends Json>(command: Command<Answer>) => Promise<Recorded<Answer>>;
  readonly pipelines: Pick<PipelineStarter, "start">;
  readonly tries: Tries;
  readonly log: Pick<FollowerLog, "error">;
}

/** What is refused may have led to a question. */
type Outcome =
  | { readonly led: string | null }
  | { readonly errors: readonly UserError[]; readonly led?: string | null };

/** One reaction, and where it stands in its firing: done again under the same key it is done once. */
interface Doing {
  readonly trigger: TriggerNode;
  readonly firing: FiringNode;
  readonly who: Principal;
  readonly key: string;
}

/** Does what a firing is to do, one thing after the other; what cannot be done does not keep it from the rest. */
export async function react(parts: ReactionParts, trigger: TriggerNode, firing: FiringNode): Promise<Reacted[]> {
  const done: Reacted[] = [];
  for (const [index, plan] of firing.plan.entries()) {
    const reaction = filled(plan, firing.values) as Reaction;
    const doing = { trigger, firing, who: actingAs(trigger), key: `${firing.id}:${index}` };
    const outcome = await tried(parts, doing, () => reactOnce(parts, reaction, doing));
    const error =
      "errors" in outcome ? outcome.errors.map(({ code, message }) => `${code}: ${message}`).join("; ") : null;
    done.push({ reaction: Object.keys(reaction)[0]!, led: outcome.led ?? null, error: error && error.slice(0, 500) });
  }
  return done;
}

function reactOnce(parts: ReactionParts, reaction: Reaction, doing: Doing): Promise<Outcome> {
  if (reaction.pipeline) return startPipeline(parts, reaction.pipeline, doing);
  if (reaction.run) return startRun(parts, reaction.run, doing);
  if (reaction.rollBack) return rollBack(parts, reaction.rollBack.endpoint, doing);
  if (reaction.notify) return notify(parts, reaction.notify, doing);
  return ask(parts, reaction.ask!, doing);
}

/** What is refused, as by a missing role, is an outcome; all else is tried again by the follower, but not for ever: others wait for it. */
function tried({ tries, log }: ReactionParts, { firing, key }: Doing, act: () => Promise<Outcome>): Promise<Outcome> {
  return tries.attempt(
    key,
    () => refusable(act),
    (error) => {
      log.error({ err: error, firing: firing.id }, "a reaction of a trigger cannot be done: its firing has failed");
      return refused("INTERNAL", "it failed each time that it was tried; the server's log says how");
    },
  );
}

async function refusable(act: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { errors: [{ code: String(error.extensions["code"]), path: [], message: error.message }] };
  }
}

const inputsOf = (inputs: Readonly<Record<string, string>>) =>
  Object.entries(inputs).map(([role, node]) => ({ role, node }));
const causesOf = ({ id, causedBy }: FiringNode) => [...causedBy.map((cause) => cause.id), id];

async function startPipeline(
  { pipelines }: ReactionParts,
  { start, inputs, parameters }: NonNullable<Reaction["pipeline"]>,
  { firing, who, key }: Doing,
): Promise<Outcome> {
  const input = { pipeline: start, inputs: inputsOf(inputs), parameters, triggeredBy: causesOf(firing) };
  const started = await pipelines.start(input, who, key);
  return "errors" in started ? started : { led: started.run };
}

async function startRun(
  parts: ReactionParts,
  { inputs, outputs, ...run }: NonNullable<Reaction["run"]>,
  { firing, who, key }: Doing,
): Promise<Outcome> {
  const input = SubmitRun.parse({
    ...run,
    inputs: inputsOf(inputs),
    outputs: Object.entries(outputs).map(([role, asset]) => ({ role, key: asset })),
    triggeredBy: causesOf(firing),
  });
  const found = await lookUpSubmit(parts.reader, who, input);
  if ("errors" in found) return found;
  const submitted = submitRun(input, found);
  if ("errors" in submitted) return { errors: submitted.errors ?? [] };
  return recorded(parts, "submitRun", key, submitted, ({ run: led }) => led);
}

const ROLL_BACK_TRIES = 5;

/** Looks again where the endpoint was changed under it; what cannot be rolled back is a person's to decide on. */
async function rollBack(parts: ReactionParts, key: string, doing: Doing): Promise<Outcome> {
  for (let tries = 1; ; tries++) {
    const outcome = await rollBackOnce(parts, key, doing);
    const [error] = "errors" in outcome ? outcome.errors : [];
    if (error === undefined) return outcome;
    if (error.code === "DEPLOYMENT_CONFLICT" && tries < ROLL_BACK_TRIES) continue;
    const message = `${key} was not rolled back (${error.message}): decide what it shall serve`;
    const asked = await ask(parts, { message, about: key }, { ...doing, key: `${doing.key}:ask` });
    return { ...outcome, led: asked.led ?? null };
  }
}

async function rollBackOnce(
  parts: ReactionParts,
  key: string,
  { trigger, firing, who, key: once }: Doing,
): Promise<Outcome> {
  const endpoint = await lookUpEndpoint(parts.reader, who, key);
  if ("errors" in endpoint) return endpoint;
  const over = await outlivedCause(parts.reader, firing, endpoint);
  if (over) return refused("STATE_CONFLICT", `no model of ${over}, which the alert is about, answers any more`);
  const target = await revisionToGoBackTo(parts.reader, endpoint, answeringText);
  if (target === null) return refused("UNKNOWN_NODE", `${key} has no earlier revision to go back to`);
  const change = changeServed(endpoint, {
    ...goBackTo(target),
    reason: `the trigger ${formatKey(trigger)} fired: ${firing.message}`.slice(0, 2000),
    policy: `trigger ${formatKey(trigger)}`.slice(0, 200),
    basis: firing.causedBy.flatMap(({ id }) => (typeOfId(id) === Alert.name ? [id] : [])),
    expectedVersion: null,
    path: () => ["endpoint"],
  });
  return recorded(parts, "rollBack", once, change, ({ deployment }) => deployment);
}

/** The key of a revision of the endpoint that it fired for and that is outlived: what answers now is not to blame. */
async function outlivedCause(reader: NodeReader, firing: FiringNode, endpoint: NodeOf<typeof Endpoint>) {
  for (const state of await causeSubjects(reader, firing)) {
    if (state.type !== Deployment.name || state.parent !== endpoint.id) continue;
    const revision = nodeOf(Deployment, state);
    if (await isOutlived(reader, revision)) return formatKey(revision, revision.version);
  }
  return null;
}

function notify(
  parts: ReactionParts,
  { webhooks, message, severity }: NonNullable<Reaction["notify"]>,
  { trigger, firing, key }: Doing,
): Promise<Outcome> {
  const notice = {
    webhooks,
    severity,
    from: formatKey(trigger),
    message: `${message}\n${firing.message}`,
    about: firing.id,
  };
  const useCase = { heads: [], decide: () => ({ facts: [noticeGiven.of(notice)], answer: {} }) };
  return recorded(parts, "giveNotice", key, useCase, () => null);
}

async function ask(
  parts: ReactionParts,
  { message, about }: NonNullable<Reaction["ask"]>,
  { trigger, firing, who, key }: Doing,
): Promise<Outcome> {
  const subject = await subjectOf(parts.reader, about, firing, who);
  if (subject === null) return refused("UNKNOWN_NODE", `there is nothing to ask about${about ? ` at ${about}` : ""}`);
  const cause = `${ASK}${formatKey(trigger)}`.slice(0, 255);
  const alert = alertOn({ subject, last: await lastAlert(parts.reader, subject.id, cause) }, cause);
  const words = `${message ?? `The trigger ${formatKey(trigger)} wants a decision`}: ${firing.message}`.slice(0, 2000);
  const useCase: UseCase<{ alert: string }> = {
    heads: alert.heads,
    decide: (heads, context) => {
      const told = alert.tell(heads, context, { severity: "CRITICAL", message: words, evidence: [] });
      return { facts: [told.fact], answer: { alert: told.alert } };
    },
  };
  return recorded(parts, "askByTrigger", key, useCase, ({ alert: led }) => led);
}

/** What the question is about: what it says, else what the alert or the version is about. An endpoint is what it serves now. */
async function subjectOf(reader: NodeReader, about: string | null, firing: FiringNode, who: Principal) {
  const found = about === null ? await causeSubjects(reader, firing) : await findNodes(reader, who, about);
  const served = found.flatMap(({ attributes }) =>
    typeof attributes["active"] === "string" ? [attributes["active"]] : [],
  );
  const subjects = [...found, ...(await reader.byIds(served))];
  const subject = subjects.find(({ type }) => Alert.edges.about.targets.includes(type));
  return subject ? { id: subject.id, namespace: subject.attributes["namespace"] as string } : null;
}

async function causeSubjects(reader: NodeReader, { causedBy }: FiringNode) {
  const causes = await reader.byIds(causedBy.map(({ id }) => id));
  const about = causes.flatMap((cause) => (cause.type === Alert.name ? [nodeOf(Alert, cause).about] : [cause.id]));
  return reader.byIds(about);
}

async function recorded<Answer extends Json>(
  { record }: ReactionParts,
  mutation: string,
  idempotencyKey: string,
  { heads, decide }: UseCase<Answer>,
  ledTo: (answer: Answer) => string | null,
): Promise<Outcome> {
  const inputDigest = digestOf({ idempotencyKey });
  const told = await record({ principal: SYSTEM_AGENT, mutation, idempotencyKey, inputDigest, heads, decide });
  return told.ok ? { led: ledTo(told.answer) } : { errors: told.errors };
}

function refused(code: string, message: string): Outcome {
  return { errors: [{ code, path: [], message }] };
}
