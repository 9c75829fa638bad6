import { contentId, sha256 } from "@clew/schema";
import type { Fact, FactContext } from "../../server/src/core/define-fact.ts";
import { recordSystemAgent, SYSTEM_AGENT } from "../../server/src/features/access/index.ts";
import { datasetVersionPublished } from "../../server/src/features/catalog/dataset-version.published.fact.ts";
import { externalRun, RecordRun } from "../../server/src/features/runs/record-run.ts";
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
  /** Two a run, one a group, and the server's agent. */
  readonly nodes: number;
  /** Eight a run: four inputs, what generated the version, whose version it is, and who established each of the two. */
  readonly arrows: number;
  /** The last version of each whole group: of a short one a walk may not reach a page. */
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

/** Writes the ledger of `runs` runs, a group at a time, without the API. */
export async function writeLineage(store: LedgerStore, runs: number): Promise<LineageLedger> {
  const recorder = new Recorder(store);
  const groups = Math.ceil(runs / GROUP);
  await recorder.record(recordSystemAgent());
  let arrows = 0;
  for (let group = 0; group < groups; group++) {
    const recorded = await recorder.record(groupCommand(group, groupSize(runs, group)));
    if (!recorded.ok) throw new Error(JSON.stringify(recorded.errors));
    arrows += recorded.answer.arrows;
  }
  return {
    runs,
    entries: 1 + ENTRIES_A_RUN * runs,
    nodes: 1 + ENTRIES_A_RUN * runs + groups,
    arrows,
    starts: Array.from({ length: Math.floor(runs / GROUP) }, (_, group) => versionId(group, GROUP - 1)),
  };
}

function groupCommand(group: number, runs: number): Command<{ arrows: number }> {
  return {
    principal: SYSTEM_AGENT,
    mutation: "bench",
    idempotencyKey: `group ${group}`,
    inputDigest: sha256(`group ${group}`),
    heads: [],
    decide: (_, context) => {
      const below = random(group + 1);
      const facts = Array.from({ length: runs }, (_, n) => runFacts(group, n, context, below)).flat();
      return { facts, answer: { arrows: facts.reduce((sum, fact) => sum + arrowsOf(fact, context), 0) } };
    },
  };
}

function arrowsOf({ definition, payload }: Fact, context: FactContext): number {
  return definition.project(payload, context).filter(({ op }) => op === "arrow").length;
}

function runFacts(group: number, n: number, context: FactContext, below: (limit: number) => number): Fact[] {
  const run = contentId("Run", group, n);
  const inputs = earlier(n, below).map((source, role) => ({ id: versionId(group, source), role: `input-${role}` }));
  const outputs = [{ role: "data", id: versionId(group, n), existed: false }];
  const told = RecordRun.parse({ namespace: "bench", name: `prepare ${n}`, inputs: [] });
  const { type: _, ...payload } = externalRun(run, told, inputs, context);
  return [runRecorded.of({ ...payload, outputs }), published(group, n, run, context.at)];
}

/** Up to four different runs among those before run `n` of its group. */
function earlier(n: number, below: (limit: number) => number): number[] {
  const reach = Math.min(n, WINDOW);
  const found = new Set<number>();
  while (found.size < Math.min(INPUTS, n)) found.add(n - 1 - below(reach));
  return [...found];
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
