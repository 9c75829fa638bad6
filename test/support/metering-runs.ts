import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LedgerAnnouncement } from "@clew/schema";
import {
  LedgerDocument,
  RunDocument,
  RunMetricsDocument,
  type RunQuery,
  SubmitRunDocument,
} from "@clew/schema/graphql";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect } from "vitest";
import { expectSoundLedger, followerReaches } from "./agreement.ts";
import { aFolder, aShellPlugin, eventually } from "./runner-host.ts";
import { type ReachableServer } from "./answer.ts";
import { unique } from "./server.ts";

type FoundRun = Extract<RunQuery["node"], { state: unknown }>;

const METERING = "meters";
/** Metric points of a run, one each tenth of a second. */
const POINTS = 15;

/** Measures for a while and makes one dataset version, which no other attempt makes. `midway`: what it does when it has measured half. */
const script = (midway: string) => `
mkdir -p "$CLEW_OUTPUT_DIR/rows"
n=0
while [ $n -lt ${POINTS} ]; do
  n=$((n + 1))
  echo "{\\"type\\":\\"metric\\",\\"name\\":\\"loss\\",\\"value\\":$n,\\"step\\":$n}"
  [ $n -ne ${Math.floor(POINTS / 2)} ] || ${midway}
  sleep 0.1
done
echo "$CLEW_RUN_ID $CLEW_ATTEMPT" > "$CLEW_OUTPUT_DIR/rows/rows.txt"
echo '{"type":"output","role":"rows","output":{"nodeType":"DatasetVersion","dir":"rows","schema":[],"rows":null}}'
echo '{"type":"result"}'
`;

export const aMeteringPlugin = (midway = "true"): Promise<string> =>
  aShellPlugin(METERING, script(midway), { rows: { type: "DatasetVersion", description: "A line.", required: true } });

/** Its jobs do not end before they are let go. */
export async function aHeldMeteringPlugin() {
  const until = join(await aFolder("signs"), "go");
  const pluginDir = await aMeteringPlugin(`while [ ! -e ${until} ]; do sleep 0.05; done`);
  return { pluginDir, letGo: () => writeFile(until, "") };
}

export interface SubmittedRun {
  readonly id: string;
  readonly seq: number;
  /** The dataset of its output. */
  readonly target: string;
}

export async function submitMetering(to: ReachableServer): Promise<SubmittedRun> {
  const target = `tests/${unique("rows")}`;
  const input = { namespace: "tests", plugin: METERING, outputs: [{ role: "rows", key: target }] };
  const { data, text } = await to.gql(SubmitRunDocument, { input, idempotencyKey: target });
  const { run, ledgerSeq } = data?.submitRun ?? {};
  if (!run || ledgerSeq == null) throw new Error(`no run was queued: ${text}`);
  return { id: run.id, seq: ledgerSeq, target };
}

export async function theRun(to: ReachableServer, id: string): Promise<FoundRun> {
  const { data } = await to.gql(RunDocument, { id });
  if (!data.node || !("state" in data.node)) throw new Error(`no run ${id}`);
  return data.node as FoundRun;
}

export async function runsIn(
  to: ReachableServer,
  runs: readonly SubmittedRun[],
  state: string,
): Promise<SubmittedRun[]> {
  const found = await Promise.all(runs.map(({ id }) => theRun(to, id)));
  return runs.filter((_, n) => found[n]?.state === state);
}

/** Waits until every run has succeeded: each once, with one output and all of its points, and ledger and graph agree. */
export async function expectRunsDone(
  to: ReachableServer,
  runs: readonly SubmittedRun[],
  withinMs: number,
): Promise<FoundRun[]> {
  await eventually(async () => expect(await runsIn(to, runs, "SUCCEEDED")).toHaveLength(runs.length), withinMs);
  for (const run of runs) await expectOneEffect(to, run);
  const entries = await expectSoundLedger(to);
  const submitted = entries.filter(({ type }) => type === "run.submitted").map(({ seq }) => seq);
  expect(submitted).toEqual(runs.map(({ seq }) => seq).toSorted((a, b) => a - b));
  const finished = entries
    .filter(({ type }) => type === "run.finished")
    .map(({ payload }) => payload as { run: string });
  expect(finished.map(({ run }) => run).toSorted()).toEqual(runs.map(({ id }) => id).toSorted());
  await followerReaches(to, entries.length);
  return Promise.all(runs.map(({ id }) => theRun(to, id)));
}

const MADE = "query M($key: String!) { dataset(key: $key) { versions(first: 10) { nodes { id } } } }";

async function expectOneEffect(to: ReachableServer, { id, target }: SubmittedRun): Promise<void> {
  const run = await theRun(to, id);
  const made = await to.gql<{ dataset: { versions: { nodes: { id: string }[] } } }>(MADE, { key: target });
  expect(run.outputs.map(({ node }) => node.id)).toEqual(made.data.dataset.versions.nodes.map((node) => node.id));
  expect(run.outputs).toHaveLength(1);
  const { data } = await to.gql(RunMetricsDocument, { id, first: 500 });
  if (!data.node || !("metricPoints" in data.node)) throw new Error(`no run ${id}`);
  const last = run.attempts.at(-1)?.attempt;
  const steps = data.node.metricPoints.filter(({ attempt }) => attempt === last).map(({ step }) => step);
  // Never a point twice; and when the run says that all have come, they have.
  expect(new Set(steps).size).toBe(steps.length);
  expect(steps.length === POINTS).toBe(run.measurementsComplete);
}

/** Every entry was announced, each once and in order, under the message id that makes a second time harmless. */
export async function expectAnnounced(to: ReachableServer, natsUrl: string, stream: string): Promise<void> {
  const { ledgerId, size } = (await to.gql(LedgerDocument, {})).data.ledger;
  await followerReaches(to, size, "announcer");
  const connection = await connect({ servers: natsUrl });
  try {
    const { streams } = await jetstreamManager(connection);
    const { state } = await streams.info(stream);
    const announced: unknown[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await streams.getMessage(stream, { seq });
      announced.push([message?.header.get("Nats-Msg-Id"), LedgerAnnouncement.parse(message?.json()).seq]);
    }
    expect(announced).toEqual(Array.from({ length: size }, (_, n) => [`${ledgerId}:${n + 1}`, n + 1]));
  } finally {
    await connection.close();
  }
}
