import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import type { NodeRanks } from "../../ports/node-ranks.ts";
import type { RunLogs } from "../../ports/run-logs.ts";
import type { Presence } from "../runners/index.ts";
import { BestVersionsResolver } from "./graphql/best-versions.resolver.ts";
import { ColumnSourceResolver, columnLineageResolver } from "./graphql/column-sources.resolver.ts";
import { type RunParts, runMutations } from "./graphql/run-mutations.ts";
import { type RunEventParts, runEventResolver } from "./graphql/run-events.resolver.ts";
import { RunLogsResolver } from "./graphql/run-logs.resolver.ts";
import { RunsResolver } from "./graphql/runs.resolver.ts";
import { DatasetVersion, ModelVersion } from "../catalog/index.ts";
import { Report } from "./report.node.ts";
import { runFacts } from "./run.facts.ts";
import type { FindUntaken, WhyPipelineWaits } from "./why-waiting.ts";
import { Run } from "./run.node.ts";

export { Dispatch, DispatchWork, type Publish } from "./dispatch-work.ts";
export type { RunParts } from "./graphql/run-mutations.ts";
export { type NumberedEvents, RunEventFeed, type RunEventSource } from "./run-events.ts";
export { inviteAgain } from "./invite-again.ts";
export { LogKeeper, storable } from "./log-keeper.ts";
export { LogRetention } from "./log-retention.ts";
export { type Invited, isWaitingFor, leaseErrors } from "./attempts.ts";
export { Sweeper } from "./sweeper.ts";
export type { FindUntaken } from "./why-waiting.ts";
export { HYPERPARAMETERS } from "./run.node.ts";
export { runFinished, runSubmitted } from "./run.facts.ts";
export { cancelRun } from "./cancel-run.ts";
export { lookUpSubmit } from "./look-ups.ts";
export { RunInput, SubmitRun, submitRun } from "./submit-run.ts";
export { Report, Run, runFacts };

export const runNodes = [Run, Report];

export function runResolvers(
  parts: RunParts &
    RunEventParts & {
      readonly ranks: NodeRanks;
      readonly presence: Presence;
      readonly mutations: Mutations;
      readonly findUntaken: FindUntaken;
      readonly whyPipelineWaits: WhyPipelineWaits;
      readonly logs: RunLogs;
    },
): object[] {
  return [
    new RunsResolver(parts),
    new BestVersionsResolver(parts.ranks),
    new RunLogsResolver(parts.logs),
    new ColumnSourceResolver(),
    ...[DatasetVersion, ModelVersion].map(columnLineageResolver),
    runEventResolver(parts),
    mutationResolver("RunMutations", parts.mutations, runMutations(parts)),
  ];
}
