import { readFileSync } from "node:fs";
import {
  Heartbeat,
  HostMessage,
  JobInvitation,
  JobMessage,
  LabelBatch,
  MutationReply,
  MutationRequest,
  PredictionBatch,
  RunControl,
  RunEvent,
  RunEventBatch,
  runnerPermissions,
  subjects,
} from "@clew/schema";
import type { z } from "zod";
import { expect, test } from "vitest";
import { REQUEST_MAX_BYTES } from "./graphql-link.ts";
import {
  addReport,
  attemptState,
  claimRun,
  finishRun,
  openObservations,
  raiseAlert,
  registerPlugin,
  reportDeployment,
  servedByRun,
  settleObservations,
  startRun,
  versionFiles,
} from "./operations.ts";

const TEXT = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
const WIRE: Record<string, z.ZodType> = {
  "clew/heartbeat/1": Heartbeat,
  "clew/job-invitation/1": JobInvitation,
  "clew/label-batch/1": LabelBatch,
  "clew/mutation-reply/1": MutationReply,
  "clew/mutation-request/1": MutationRequest,
  "clew/run-control/1": RunControl,
  "clew/run-event/1": RunEvent,
  "clew/prediction-batch/1": PredictionBatch,
  "clew/run-event-batch/1": RunEventBatch,
};

function blocks(language: string): string[] {
  return [...TEXT.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))].map(([, body]) => body ?? "");
}

test("docs/protocol.md shows every message between runner and server, each of which fits its schema", () => {
  const messages = blocks("json").map((text) => JSON.parse(text) as { schema: string });
  for (const message of messages) WIRE[message.schema]?.parse(message);
  expect(new Set(messages.map(({ schema }) => schema))).toEqual(new Set(Object.keys(WIRE)));
});

test("docs/protocol.md shows every message of the job protocol, each of which fits its schema", () => {
  const [host, job] = blocks("jsonl").map((text) =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  );
  const types = (messages: readonly { type: string }[]) => new Set(messages.map(({ type }) => type));
  const all = (schema: typeof HostMessage | typeof JobMessage) =>
    new Set<string>(schema.options.map((option) => option.shape.type.value));
  expect(types((host ?? []).map((message) => HostMessage.parse(message)))).toEqual(all(HostMessage));
  const said = types((job ?? []).map((message) => JobMessage.parse(message)));
  expect(said).toEqual(new Set([...all(JobMessage)].filter((type) => type !== "failure")));
});

test("docs/protocol.md names every operation that the runner sends, and the bound of a request", () => {
  const sent = [
    registerPlugin,
    claimRun,
    versionFiles,
    attemptState,
    startRun,
    finishRun,
    servedByRun,
    reportDeployment,
    addReport,
    raiseAlert,
    openObservations,
    settleObservations,
  ];
  for (const { name } of sent) {
    expect(TEXT).toContain(`\`${name}`);
  }
  expect(TEXT).toContain(`${REQUEST_MAX_BYTES.toLocaleString("en-US")} bytes`);
});

test("docs/protocol.md names every permission that a runner's credentials have, and no other", () => {
  const scope = { plugins: ["plugin"], pools: ["pool"] };
  const { publish, subscribe } = runnerPermissions(subjects(), "Runner:id", scope);
  const rows = [...TEXT.matchAll(/^\| (publish|subscribe) \| (.*) \|$/gm)];
  const named = (may: string) =>
    new Set(
      rows.filter(([, what]) => what === may).flatMap(([, , cells = ""]) => cells.replaceAll(/[`<>]/g, "").split(", ")),
    );
  // A wildcard at a subject's end is no name's bracket.
  const bare = (all: readonly string[]) => new Set(all.map((subject) => subject.replaceAll(">", "")));
  expect(named("publish")).toEqual(bare(publish));
  expect(named("subscribe")).toEqual(bare(subscribe));
});
