import { benchDrift } from "./drift.ts";
import { benchFalseAlarms } from "./false-alarms.ts";
import { benchFindRuns } from "./find-runs.ts";
import { benchFirstLineage } from "./first-lineage.ts";
import { benchIngest } from "./ingest.ts";
import { benchJobStart } from "./job-start.ts";
import { benchWalkMemory, benchWalkMemoryLarge, benchWalkNeo4j, benchWalkNeo4jLarge } from "./lineage-walk.ts";
import { benchLogLines } from "./log-lines.ts";
import { benchMetricPoints } from "./metric-points.ts";
import { benchPipelineSteps } from "./pipeline-steps.ts";
import { benchRebuild } from "./rebuild.ts";
import { benchServe } from "./serve.ts";
import { benchServerStart } from "./server-start.ts";
import type { Bench } from "./support/figures.ts";
import { benchValidate } from "./validate.ts";
import { benchVerify } from "./verify.ts";

export const BENCHES = {
  ingest: benchIngest,
  "walk-memory": benchWalkMemory,
  "walk-memory-large": benchWalkMemoryLarge,
  "walk-neo4j": benchWalkNeo4j,
  "walk-neo4j-large": benchWalkNeo4jLarge,
  "metric-points": benchMetricPoints,
  "log-lines": benchLogLines,
  "job-start": benchJobStart,
  "pipeline-steps": benchPipelineSteps,
  validate: benchValidate,
  serve: benchServe,
  "find-runs": benchFindRuns,
  verify: benchVerify,
  rebuild: benchRebuild,
  "server-start": benchServerStart,
  "first-lineage": benchFirstLineage,
  drift: benchDrift,
  "false-alarms": benchFalseAlarms,
} as const satisfies Readonly<Record<string, Bench>>;
export type BenchName = keyof typeof BENCHES;
