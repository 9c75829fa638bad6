import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import type { Presence } from "../runners/index.ts";
import { type RunParts, runMutations } from "./graphql/run-mutations.ts";
import { type RunEventParts, runEventResolver } from "./graphql/run-events.resolver.ts";
import { RunsResolver } from "./graphql/runs.resolver.ts";
import { Report } from "./report.node.ts";
import { runFacts } from "./run.facts.ts";
import { Run } from "./run.node.ts";

export { Dispatch, DispatchWork } from "./dispatch-work.ts";
export type { RunParts } from "./graphql/run-mutations.ts";
export { type NumberedEvent, RunEventFeed, type RunEventSource } from "./run-events.ts";
export { Sweeper } from "./sweeper.ts";
export { Report, Run, runFacts };

export const runNodes = [Run, Report];

export function runResolvers(
  parts: RunParts & RunEventParts & { readonly presence: Presence; readonly mutations: Mutations },
): object[] {
  return [
    new RunsResolver(parts.reader, parts.operations, parts.presence),
    runEventResolver(parts),
    mutationResolver("RunMutations", parts.mutations, runMutations(parts)),
  ];
}
