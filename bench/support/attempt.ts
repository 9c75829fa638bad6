import { type RunEventBatch, subjects } from "@clew/schema";
import {
  ClaimRunDocument,
  type ClaimRunMutation,
  EnrolRunnerDocument,
  type EnrolRunnerMutation,
  RegisterPluginDocument,
  SubmitRunDocument,
  type SubmitRunMutation,
} from "@clew/schema/graphql";
import type { JetStreamClient } from "@nats-io/jetstream";
import type { PublishEvents } from "../../runners/node/src/run-events.ts";
import { GraphqlClient } from "./load.ts";
import { shellPlugin } from "./plugin.ts";
import type { BenchServer } from "./server.ts";

const PLUGIN = "says-a-lot";

/** An attempt that a runner holds: only its own runner may log to it. */
export interface Attempt {
  readonly run: string;
  readonly runner: string;
}

export async function anAttempt({ url, client }: BenchServer): Promise<Attempt> {
  await client.data(String(RegisterPluginDocument), { input: { manifest: shellPlugin(PLUGIN) } });
  const { submitRun } = await client.data<SubmitRunMutation>(String(SubmitRunDocument), {
    input: { namespace: "bench", plugin: PLUGIN },
  });
  const { enrolRunner } = await client.data<EnrolRunnerMutation>(String(EnrolRunnerDocument), {
    input: { name: "bench" },
  });
  const [run, runner] = [submitRun.run?.id ?? "", enrolRunner.runner?.id ?? ""];
  const asRunner = new GraphqlClient(url, enrolRunner.secret ?? "");
  const { claimRun } = await asRunner.data<ClaimRunMutation>(String(ClaimRunDocument), {
    input: { run, attempt: 1, runner },
  });
  asRunner.close();
  if (claimRun.token == null) throw new Error(JSON.stringify(claimRun.userErrors));
  return { run, runner };
}

export function asRunner(stream: JetStreamClient, runner: string): PublishEvents {
  return async (batch: RunEventBatch) => {
    const msgID = `${batch.runId}:${batch.attempt}:${batch.n}`;
    await stream.publish(subjects().events(batch.runId, runner), JSON.stringify(batch), { msgID });
  };
}
