import { digestOf, Kept, NodeId } from "@clew/schema";
import { z } from "zod";
import { type Act, act } from "../../../graphql/acts.ts";
import { requireContributor } from "../../../graphql/require-contributor.ts";
import { refuse } from "../../../ledger/command.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import type { ObservedPositions } from "../../../ports/observed-positions.ts";
import { lookUpEndpoint } from "../../deployments/index.ts";
import { findPlugin } from "../../runners/index.ts";
import { AttemptNumber, leaseErrors, lookUpRun, mayReport } from "../../runs/index.ts";
import type { EndpointStreams } from "../endpoint-stream.ts";
import { labelFaults, RecordLabels, storedLabels } from "../record-labels.ts";

export interface ObservationParts {
  readonly reader: NodeReader;
  readonly streams: EndpointStreams;
  readonly positions: ObservedPositions;
}

const Seq = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const Making = z.string().regex(/^[0-9a-f]{16}$/, "must be what openObservations answered");

const OpenObservations = z
  .strictObject({
    run: NodeId,
    attempt: AttemptNumber,
    after: Seq.nullable().describe("What the attempt has read already, where it opens anew; null at first."),
  })
  .meta({ id: "OpenObservations" });

const SettleObservations = z
  .strictObject({
    run: NodeId,
    attempt: AttemptNumber,
    stream: Making,
    seq: Seq.describe("Everything up to this number is settled."),
    kept: Kept.nullable()
      .default(null)
      .describe(
        "What the attempt that starts after it is given; at most 4,096 characters, which only the plugin understands.",
      ),
  })
  .meta({ id: "SettleObservations" });

export function observationActs({ reader, streams, positions }: ObservationParts): Act[] {
  return [
    act({
      name: "recordLabels",
      description:
        "Tells what inferences of an endpoint turned out to be, to whoever watches it. All are stored when this is answered. They are no facts: who watches takes one for each row, however often it comes.",
      input: RecordLabels,
      answers: { stored: z.number().int().max(1_000).describe("How many labels.") },
      keyed: "The same key and input again within two minutes is stored once. Without one, every call is stored.",
      allow: () => true,
      act: async ({ endpoint: named, labels }, principal, key) => {
        const endpoint = await lookUpEndpoint(reader, principal, named);
        if ("errors" in endpoint) return endpoint;
        requireContributor(principal, endpoint.namespace, `to record labels of ${named}`);
        const errors = await labelFaults(reader, endpoint, labels);
        if (errors.length > 0) return { errors };
        const by = principal.agentId;
        // With the input: under a key that was used before, other labels would be dropped as if they were stored.
        const id = digestOf(["recordLabels", by, key, endpoint.id, labels]);
        await streams.use((stream) =>
          stream.addLabels({ endpoint: endpoint.id, by, labels: storedLabels(labels) }, id),
        );
        return { stored: labels.length };
      },
    }),
    act({
      name: "openObservations",
      description:
        "A service that watches its endpoint reads what is stored of it, after what an attempt before has settled. Its attempt's token is needed.",
      input: OpenObservations,
      answers: {
        endpoint: z.string().describe("The endpoint's id."),
        consumer: z
          .string()
          .describe("The consumer to pull from; NATS removes one from which nobody pulls for five minutes."),
        stream: z
          .string()
          .describe("Which making of the stream it is: one that was lost and made again counts from 1."),
        after: Seq.describe("Nothing up to this number is given; 0 where nothing is settled."),
        kept: z.string().nullable().describe("What was settled with it, for the plugin."),
      },
      allow: mayReport,
      act: async ({ run: id, attempt, after }) => {
        const run = await lookUpRun(reader, id);
        const lost = leaseErrors(run ?? undefined, attempt);
        if (lost !== null) return lost;
        const endpoint = run!.endpoint;
        if (endpoint === null || !(await watches(reader, run!)))
          return refuse("STATE_CONFLICT", ["run"], "the run's plugin watches no endpoint, as its manifest has it");
        return await streams.use(async (stream) => {
          const settled = await positions.find(id, await stream.making());
          const { making, ...reading } = await stream.open(endpoint, Math.max(settled.seq, after ?? 0));
          return { endpoint, stream: making, ...reading, kept: settled.kept };
        });
      },
    }),
    act({
      name: "settleObservations",
      description:
        "Everything up to a number of the stream needs not be given to a later attempt. It never goes back: what is not further changes nothing. The attempt's token is needed.",
      input: SettleObservations,
      answers: { seq: Seq },
      allow: mayReport,
      act: async ({ run, attempt, stream, seq, kept }) => {
        const lost = leaseErrors((await lookUpRun(reader, run)) ?? undefined, attempt);
        if (lost !== null) return lost;
        await positions.settle(run, stream, { seq, kept });
        return { seq };
      },
    }),
  ];
}

async function watches(reader: NodeReader, { plugin }: { readonly plugin: { name: string; version: string } | null }) {
  const manifest = plugin && (await findPlugin(reader, plugin.name, plugin.version));
  return manifest?.watches === true;
}
