import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { runnerEnrolled } from "./enrol-runner.ts";
import { type Secrets, runnerMutations } from "./graphql/runner-mutations.ts";
import { RunnersResolver } from "./graphql/runners.resolver.ts";
import type { Presence } from "./presence.ts";
import { pluginRegistered } from "./register-plugin.ts";
import { Plugin, Runner } from "./runner.node.ts";

export { EnrolRunner, enrolRunner, runnerId } from "./enrol-runner.ts";
export { findPlugin } from "./find-plugin.ts";
export { Presence, SILENT_MS } from "./presence.ts";
export { Plugin, Runner };

export const runnerNodes = [Runner, Plugin];
export const runnerFacts = [runnerEnrolled, pluginRegistered];

export function runnerResolvers(
  reader: NodeReader,
  presence: Presence,
  mutations: Mutations,
  secrets: Secrets,
): object[] {
  return [
    new RunnersResolver(reader, presence),
    mutationResolver("RunnerMutations", mutations, runnerMutations(secrets)),
  ];
}
