import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Observed } from "@clew/plugin-sdk";
import { type JobOutcome, type JobSpec, loadManifest, runJob } from "@clew/plugin-sdk/host";
import { onTestFinished } from "vitest";
import { anObserved, type Said } from "./stream.fixture.ts";

const DIR = fileURLToPath(new URL("..", import.meta.url));
const DIGEST = `sha256:${"0".repeat(64)}`;

/** What a job asks for before it has done with what it was given. */
const AHEAD = 8;

type Tell = Parameters<NonNullable<JobSpec["onReady"]>>[0];

export interface JobGiven {
  readonly parameters: object;
  /** CSV; that of the conformance job where it is left out. */
  readonly reference?: string;
  readonly stream?: readonly Observed[];
  /** What an attempt before has said. */
  readonly said?: Said;
}

/** The plugin's job as a host runs it, stopped once all of the stream has been taken and answered, with what it says. */
export async function aJob({ parameters, reference, stream = [], said = nothing() }: JobGiven) {
  const work = await mkdtemp(join(tmpdir(), "monitor-"));
  onTestFinished(() => rm(work, { recursive: true }));
  await layReference(join(work, "in", "reference"), reference);
  const stop = new AbortController();
  const own = stream.filter(({ seq }) => seq > said.seen);
  const silence = own.slice(-1).map(({ seq, storedAt }) => ({ ...anObserved(Date.parse(storedAt)), seq }));
  const waiting = [...own, ...Array.from({ length: AHEAD }, () => silence).flat()];
  let [asked, given] = [0, 0];
  let tell: Tell = () => {};
  const outcome: JobOutcome = await runJob({
    pluginDir: DIR,
    manifest: await loadManifest(DIR),
    inputDir: join(work, "in"),
    outputDir: join(work, "out"),
    parameters: parameters as never,
    inputs: { reference: [aVersion()] },
    seed: 1,
    runId: "run-1",
    attempt: 1,
    signal: stop.signal,
    onReady: (way) => (tell = way),
    onMessage: (message) => {
      if (message.type === "report" && !said.reports.has(message.name)) said.reports.set(message.name, message.report);
      if (message.type === "alert") said.alerts.push(message);
      if (message.type === "seen") said.seen = message.seq;
      if (message.type !== "observe") return;
      asked += message.count;
      while (given < Math.min(asked, waiting.length)) tell({ type: "observed", ...waiting[given++]! });
      // It asks for so many ahead of what it has done with.
      if (asked >= own.length + AHEAD) stop.abort(new Error("enough"));
    },
  });
  return { outcome, said };
}

function nothing(): Said {
  return { reports: new Map(), alerts: [], seen: 0 };
}

async function layReference(dir: string, csv: string | undefined): Promise<void> {
  await mkdir(dir, { recursive: true });
  if (csv === undefined) await cp(join(DIR, "conformance", "reference"), dir, { recursive: true });
  else await writeFile(join(dir, "rows.csv"), csv);
}

function aVersion() {
  const files = [{ path: "rows.csv", sizeBytes: 1, digest: DIGEST }];
  return {
    id: `DatasetVersion:${"3".repeat(32)}`,
    key: "tests/arrivals@1",
    type: "DatasetVersion" as const,
    digest: DIGEST,
    dir: "reference",
    files,
    schema: [],
    signature: null,
  };
}
