import { contentId, sha256 } from "@clew/schema";
import type { Fact } from "../../server/src/core/define-fact.ts";
import { datasetVersionPublished } from "../../server/src/features/catalog/dataset-version.published.fact.ts";
import { runRecorded } from "../../server/src/features/runs/run.facts.ts";
import type { Command } from "../../server/src/ledger/command.ts";
import { Recorder } from "../../server/src/ledger/recorder.ts";
import type { LedgerStore } from "../../server/src/ports/ledger-store.ts";

/** Runs of one dataset, each of which uses four of the versions that the last so many runs made. */
const GROUP = 650;
const WINDOW = 150;
const INPUTS = 4;

/** Two entries a run: what ran, and the dataset version that it made. */
export const ENTRIES_A_RUN = 2;

/** What a ledger of so many runs holds: a walk from the last version of a group reaches about 1,000 nodes. */
export interface LineageLedger {
  readonly runs: number;
  readonly entries: number;
  /** Two a run and one a group. */
  readonly nodes: number;
  /** Six a run: four inputs, what generated the version, and whose version it is. */
  readonly arrows: number;
  /** The last version of each group. */
  readonly starts: readonly string[];
}

/** Marsaglia's xorshift: the same ledger every time. */
function random(seed: number): (below: number) => number {
  let x = seed;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

const versionId = (group: number, n: number) => contentId("DatasetVersion", group, n);
const groupSize = (runs: number, group: number) => Math.min(GROUP, runs - group * GROUP);

/** Writes the ledger of `runs` runs, whole groups at a time, without the API. */
export async function writeLineage(store: LedgerStore, runs: number): Promise<LineageLedger> {
  const recorder = new Recorder(store);
  const groups = Math.ceil(runs / GROUP);
  for (let group = 0; group < groups; group++) await recorder.record(groupCommand(group, groupSize(runs, group)));
  return {
    runs,
    entries: ENTRIES_A_RUN * runs,
    nodes: ENTRIES_A_RUN * runs + groups,
    arrows: arrowCount(runs, groups),
    starts: Array.from({ length: groups }, (_, group) => versionId(group, groupSize(runs, group) - 1)),
  };
}

/** The first runs of a group have fewer versions to use than four. */
function arrowCount(runs: number, groups: number): number {
  const used = (group: number) =>
    Array.from({ length: Math.min(INPUTS, groupSize(runs, group)) }, (_, n) => INPUTS - n).reduce((a, b) => a + b, 0);
  const lacking = Array.from({ length: groups }, (_, group) => used(group)).reduce((a, b) => a + b, 0);
  return (INPUTS + 2) * runs - lacking;
}

function groupCommand(group: number, runs: number): Command<null> {
  return {
    principal: "Agent:00000000000000000000000000000000",
    mutation: "bench",
    idempotencyKey: `group ${group}`,
    inputDigest: sha256(`group ${group}`),
    heads: [],
    decide: (_, { at }) => {
      const below = random(group + 1);
      return { facts: Array.from({ length: runs }, (_, n) => runFacts(group, n, at, below)).flat(), answer: null };
    },
  };
}

function runFacts(group: number, n: number, at: number, below: (limit: number) => number): Fact[] {
  const run = contentId("Run", group, n);
  const inputs = earlier(n, below).map((source, role) => ({ id: versionId(group, source), role: `input-${role}` }));
  const outputs = [{ role: "data", id: versionId(group, n), existed: false }];
  return [
    runRecorded.of({ ...anyRun(at), id: run, name: `prepare ${n}`, inputs, outputs }),
    published(group, n, run, at),
  ];
}

/** Up to four different runs among those before run `n` of its group. */
function earlier(n: number, below: (limit: number) => number): number[] {
  const reach = Math.min(n, WINDOW);
  const found = new Set<number>();
  while (found.size < Math.min(INPUTS, n)) found.add(n - 1 - below(reach));
  return [...found];
}

function anyRun(at: number) {
  return {
    namespace: "bench",
    runType: "EXTERNAL" as const,
    state: "SUCCEEDED" as const,
    plugin: null,
    pool: "external",
    seed: 0,
    maxAttempts: 1,
    attempts: [],
    targets: [],
    failure: null,
    queuedAt: at,
    notBefore: at,
    startedAt: at,
    endedAt: at,
    declaresInputs: true,
    measurementsComplete: null,
  };
}

function published(group: number, n: number, run: string, at: number): Fact {
  const name = `data-${group}`;
  const dataset = contentId("Dataset", group);
  const digest = sha256(versionId(group, n));
  return datasetVersionPublished.of({
    dataset: { id: dataset, namespace: "bench", name, latestVersion: n + 1, createdAt: at },
    version: {
      id: versionId(group, n),
      namespace: "bench",
      name,
      version: n + 1,
      digest,
      isContentAddressed: false,
      source: { uri: `s3://bench/${name}`, snapshot: String(n + 1) },
      schema: [{ name: "x", type: "DOUBLE", nullable: false }],
      schemaDigest: digest,
      rows: 1000 + n,
      fileCount: 0,
      sizeBytes: 0,
      statistics: [],
      columnLineage: [],
      createdAt: at,
      dataset,
      derivedFrom: [],
      generatedBy: run,
    },
  });
}
