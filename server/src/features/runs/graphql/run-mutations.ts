import { parseKey, typeOfId } from "@clew/schema";
import { z } from "zod";
import type { EdgeEnd } from "../../../core/define-node.ts";
import { type MutationDefinition, mutation } from "../../../graphql/mutation-resolver.ts";
import { firstUnseen, mayRead } from "../../../graphql/loaders.ts";
import { can, type Principal } from "../../../graphql/principal.ts";
import { refuse, type UserError } from "../../../ledger/command.ts";
import type { ArtifactStore } from "../../../ports/artifact-store.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import type { Operations } from "../../../ports/operations.ts";
import { lookUpVersions, missingFiles } from "../../catalog/index.ts";
import { AddReport, addReport } from "../add-report.ts";
import { arrivedMeasurements } from "../arrived-measurements.ts";
import { CancelRun, cancelRun } from "../cancel-run.ts";
import { ClaimRun, claimRun } from "../claim-run.ts";
import { FinishRun, finishRun } from "../finish-run.ts";
import type { FinishedOutput } from "../finished-output.ts";
import { isInScope, lookUpRun, lookUpSubmit, requiredOutputs } from "../look-ups.ts";
import { RecordRun, recordRun } from "../record-run.ts";
import { Report } from "../report.node.ts";
import { AttemptNumber, Run } from "../run.node.ts";
import { StartRun, startRun } from "../start-run.ts";
import { SubmitRun, submitRun } from "../submit-run.ts";

export interface RunParts {
  readonly reader: NodeReader;
  readonly artifacts: ArtifactStore;
  readonly operations: Operations;
  /** The token of an attempt, and what is kept of it. */
  readonly attemptToken: (claim: { runId: string; attempt: number; runnerId: string }) => string;
  readonly hashToken: (token: string) => string;
  readonly leaseMs: number;
}

/** The attempt's own token. */
export function mayReport(principal: Principal, input: { run: string; attempt: number }): boolean {
  return principal.attempt?.runId === input.run && principal.attempt.attempt === input.attempt;
}

function isAbout(id: string): boolean {
  return Report.edges.about.targets.includes(typeOfId(id));
}

/** A run writes where it stands, and where its outputs go. */
function contributesTo(principal: Principal, namespaces: readonly string[]): boolean {
  return namespaces.every((namespace) => can(principal, "CONTRIBUTOR", namespace));
}

export function runMutations(parts: RunParts): MutationDefinition[] {
  const { reader, artifacts, operations } = parts;
  return [
    mutation({
      name: "submitRun",
      description: "Queues a run of a plugin. Parameters are checked against the plugin's schema first.",
      input: SubmitRun,
      things: { run: Run },
      allow: (principal, input) =>
        contributesTo(principal, [input.namespace, ...input.outputs.map(({ key }) => parseKey(key)!.namespace)]),
      prepare: async (input, principal) => {
        const found = await lookUpSubmit(reader, principal, input);
        return "errors" in found ? found : submitRun(input, found);
      },
    }),
    mutation({
      name: "claimRun",
      description:
        "A runner takes a queued run. The answer's token reports on this attempt, until the lease ends unrenewed; its run shows all of its inputs.",
      input: ClaimRun,
      things: { run: Run },
      extra: { attempt: AttemptNumber, token: z.string(), leaseMs: z.number().int().max(86_400_000) },
      allow: (principal, input) => principal.agentId === input.runner,
      prepare: async (input, principal) => {
        const run = await lookUpRun(reader, input.run);
        if (run === null || !can(principal, "RUNNER", run.namespace) || !(await isInScope(reader, input.runner, run)))
          return refuse("UNKNOWN_NODE", ["run"], "no such run");
        const token = parts.attemptToken({ runId: input.run, attempt: input.attempt, runnerId: input.runner });
        return claimRun(input, { tokenHash: parts.hashToken(token), leaseMs: parts.leaseMs });
      },
      shape: async ({ run: runId, attempt }: { run: string; attempt: number }, { principal, loaders }) => {
        // What the token reads is answered with it: a runner need not be a reader of the namespaces that a run's inputs are in.
        const run = await loaders.node.load(runId);
        await loaders.reveal((run["inputs"] as readonly EdgeEnd[]).map(({ id }) => id));
        const token = parts.attemptToken({ runId, attempt, runnerId: principal.agentId });
        return { attempt, token, leaseMs: parts.leaseMs };
      },
    }),
    mutation({
      name: "startRun",
      description: "The attempt's plugin runs now, in this environment.",
      input: StartRun,
      things: { run: Run },
      allow: mayReport,
      prepare: async (input) => startRun(input),
    }),
    mutation({
      name: "finishRun",
      description: "Ends an attempt with its outputs, or with a failure: all of it is recorded, or nothing.",
      input: FinishRun,
      things: { run: Run },
      allow: mayReport,
      prepare: async (input) => {
        const run = await lookUpRun(reader, input.run);
        if (run === null) return refuse("UNKNOWN_NODE", ["run"], "no such run");
        const errors = await missingOutputs(artifacts, input.outputs);
        if (errors.length > 0) return { errors };
        const measured = await arrivedMeasurements(operations, input);
        return finishRun(input, { run, measured, required: await requiredOutputs(reader, run) });
      },
    }),
    mutation({
      name: "addReport",
      description: "A service says what it has found out, and goes on. Its attempt's token is needed.",
      input: AddReport,
      things: { report: Report },
      allow: mayReport,
      prepare: async (input, principal) => {
        const unseen = input.about.findIndex((id) => !isAbout(id) || !mayRead(principal, { id }));
        if (unseen >= 0)
          return refuse("UNKNOWN_NODE", ["about", String(unseen)], `the run reads no ${input.about[unseen]}`);
        const errors = await missingFiles(artifacts, input.files, ["files"]);
        return errors.length > 0 ? { errors } : addReport(input);
      },
      // An attempt does not read what it has reported.
      shape: async ({ report }: { report: string }, { loaders }) => {
        await loaders.reveal([report]);
        return { report: await loaders.node.load(report) };
      },
    }),
    mutation({
      name: "cancelRun",
      description: "Ends a run that has not ended.",
      input: CancelRun,
      things: { run: Run },
      allow: () => true,
      prepare: async (input, principal) => {
        const run = await lookUpRun(reader, input.run);
        const isAllowed = run !== null && can(principal, "CONTRIBUTOR", run.namespace);
        return isAllowed ? cancelRun(input) : refuse("UNKNOWN_NODE", ["run"], "no such run");
      },
    }),
    mutation({
      name: "recordRun",
      description: "Tells of a run that happened outside Clew, with its inputs, parameters and outputs.",
      input: RecordRun,
      things: { run: Run },
      allow: (principal, input) =>
        contributesTo(principal, [input.namespace, ...input.targets.map(({ namespace }) => namespace)]),
      prepare: async (input, principal) => {
        const errors = await missingOutputs(artifacts, input.outputs);
        if (errors.length > 0) return { errors };
        const inputs = input.inputs ?? [];
        const pathOf = (position: number) => ["inputs", String(position), "node"];
        const named = inputs.map(({ node }) => node);
        const found = await lookUpVersions(reader, principal, named, Run.edges.inputs.targets, pathOf);
        if ("errors" in found) return found;
        const unseen = await firstUnseen(reader, principal, input.triggeredBy);
        if (unseen >= 0)
          return refuse("UNKNOWN_NODE", ["triggeredBy", String(unseen)], `there is no ${input.triggeredBy[unseen]}`);
        const withIds = inputs.map(({ role }, index) => ({ role, node: found[index]! }));
        return recordRun({ ...input, inputs: input.inputs && withIds });
      },
    }),
  ];
}

async function missingOutputs(artifacts: ArtifactStore, outputs: readonly FinishedOutput[]): Promise<UserError[]> {
  const errors = await Promise.all(
    outputs.map((output, index) => {
      const kind = output.modelVersion ? "modelVersion" : output.datasetVersion ? "datasetVersion" : "report";
      const files = output[kind]?.files ?? [];
      return missingFiles(artifacts, files, ["outputs", String(index), kind, "files"]);
    }),
  );
  return errors.flat();
}
