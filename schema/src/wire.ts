import { z } from "zod";
import { jsonIn } from "./exact-json.ts";
import { ServiceUrl } from "./job-protocol.ts";
import { Label, LABELS_MAX } from "./labels.ts";
import { Predictions } from "./predictions.ts";
import { MetricValue } from "./values.ts";
import { PluginManifest } from "./manifest.ts";

/**
 * What server and runners say to each other over NATS, JSON in UTF-8. Every message names its schema's version in `schema`, so that
 * a reader of another language can look it up under schema/json.
 */

/** An invitation on `clew.jobs.<plugin>.<major>.<pool>`: not the job itself, which is claimed with the mutation claimRun. */
export const JobInvitation = z.strictObject({
  schema: z.literal("clew/job-invitation/1"),
  runId: z.string(),
  /** The attempt that a claim would begin; a claim for an attempt that already began is refused. */
  attempt: z.number().int().positive(),
  plugin: z.string(),
  queuedAt: z.iso.datetime(),
});
export type JobInvitation = z.infer<typeof JobInvitation>;

/** On `clew.runs.<runId>.control`. cancel: end the job now; drain: a service finishes what it holds, then
 * stops; refresh: what the service's endpoint shall serve may have changed, read it again. */
export const RunControl = z.strictObject({
  schema: z.literal("clew/run-control/1"),
  runId: z.string(),
  command: z.enum(["cancel", "drain", "refresh"]),
  reason: z.string().max(500),
});
export type RunControl = z.infer<typeof RunControl>;

const RunEventBody = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("progress"), fraction: z.number().min(0).max(1).nullable(), message: z.string() }),
  z.strictObject({
    type: z.literal("log"),
    level: z.enum(["debug", "info", "warn", "error"]),
    message: z.string().max(10_000),
  }),
  z.strictObject({
    type: z.literal("metric"),
    name: z.string().min(1).max(200),
    value: MetricValue,
    step: z.number().int().nonnegative(),
  }),
]);

/** On `clew.runs.<runId>.events.<runnerId>`. `n` counts an attempt's events from 1 without gaps. */
export const RunEvent = z.strictObject({
  schema: z.literal("clew/run-event/1"),
  runId: z.string(),
  attempt: z.number().int().positive(),
  n: z.number().int().positive(),
  at: z.iso.datetime(),
  event: RunEventBody,
});
export type RunEvent = z.infer<typeof RunEvent>;

/** How many events one message may carry. */
export const RUN_EVENTS_MAX = 1_000;

/** Several events of an attempt in one message on the same subject: what as many messages would say that are numbered n, n + 1, … */
export const RunEventBatch = z.strictObject({
  schema: z.literal("clew/run-event-batch/1"),
  runId: z.string(),
  attempt: z.number().int().positive(),
  /** The first event's number. */
  n: z.number().int().positive(),
  events: z
    .array(z.strictObject({ at: z.iso.datetime(), event: RunEventBody }))
    .min(1)
    .max(RUN_EVENTS_MAX),
});
export type RunEventBatch = z.infer<typeof RunEventBatch>;

const RunEventMessage = z.discriminatedUnion("schema", [RunEvent, RunEventBatch]);

/** The events that a message carries, in order; null where it is no message of events. */
export function runEventsIn(data: Uint8Array): RunEvent[] | null {
  const { data: said } = RunEventMessage.safeParse(jsonIn(data));
  if (said === undefined) return null;
  if (said.schema === "clew/run-event/1") return [said];
  const { runId, attempt, n, events } = said;
  return events.map(({ at, event }, index) => {
    return { schema: "clew/run-event/1", runId, attempt, n: n + index, at, event };
  });
}

/**
 * A GraphQL operation on `clew.mutations.<runnerId>`. The answer goes to the inbox that header `Clew-Reply` names. `token` is the
 * runner's or the attempt's bearer token, as in the HTTP header Authorization.
 */
export const MutationRequest = z.strictObject({
  schema: z.literal("clew/mutation-request/1"),
  /** The operation's name in schema/graphql/operations; only those operations may be sent. */
  operationName: z.string().min(1).max(100),
  variables: z.record(z.string(), z.json()),
  token: z.string().min(1).max(200),
});
export type MutationRequest = z.infer<typeof MutationRequest>;

/** What GraphQL answered, as in a GraphQL response over HTTP. */
export const MutationReply = z.strictObject({
  schema: z.literal("clew/mutation-reply/1"),
  data: z.json().optional(),
  errors: z.array(z.looseObject({ message: z.string() })).optional(),
});
export type MutationReply = z.infer<typeof MutationReply>;

/** On `clew.runners.<runnerId>`, every few seconds. One beat renews every lease that the runner names. */
export const Heartbeat = z.strictObject({
  schema: z.literal("clew/heartbeat/1"),
  runnerId: z.string(),
  at: z.iso.datetime(),
  state: z.enum(["ready", "draining"]),
  pool: z.string(),
  slots: z.number().int().nonnegative(),
  plugins: z.array(z.strictObject({ name: PluginManifest.shape.name, version: PluginManifest.shape.version })),
  leases: z.array(
    z.strictObject({
      runId: z.string(),
      attempt: z.number().int().positive(),
      /** Of a service that answers requests. */
      listensAt: ServiceUrl.optional(),
    }),
  ),
});
export type Heartbeat = z.infer<typeof Heartbeat>;

/** On `clew.predictions.<endpoint>.<runnerId>`. `n` counts an attempt's messages from 1. */
export const PredictionBatch = Predictions.extend({
  schema: z.literal("clew/prediction-batch/1"),
  endpoint: z.string(),
  runId: z.string(),
  attempt: z.number().int().positive(),
  n: z.number().int().positive(),
});
export type PredictionBatch = z.infer<typeof PredictionBatch>;

/** On `clew.labels.<endpoint>.<sender>`: what became of inferences of the endpoint. */
export const LabelBatch = z.strictObject({
  schema: z.literal("clew/label-batch/1"),
  endpoint: z.string(),
  /** Who told them. */
  by: z.string(),
  labels: z.array(Label).min(1).max(LABELS_MAX),
});
export type LabelBatch = z.infer<typeof LabelBatch>;

const ObservedMessage = z.discriminatedUnion("schema", [PredictionBatch, LabelBatch]);

/** What a message of the stream of predictions says to who watches the endpoint; null where it is none of the endpoint's. */
export function observedIn(data: Uint8Array, endpoint: string): PredictionBatch | LabelBatch | null {
  const { data: said } = ObservedMessage.safeParse(jsonIn(data));
  return said?.endpoint === endpoint ? said : null;
}

/** On `clew.ledger.entries`: an entry of the ledger as announced, with the node ids it touched. */
export const LedgerAnnouncement = z.strictObject({
  schema: z.literal("clew/ledger-announcement/1"),
  ledgerId: z.string(),
  seq: z.number().int().positive(),
  type: z.string(),
  recordedAt: z.iso.datetime(),
  leafHash: z.string(),
  nodeIds: z.array(z.string()),
});
export type LedgerAnnouncement = z.infer<typeof LedgerAnnouncement>;
