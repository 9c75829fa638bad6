import { Name, NodeId } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { leaseErrors } from "./attempts.ts";
import { reportSaid } from "./finished-output.ts";
import { newReport, reportId } from "./outputs.ts";
import { AttemptNumber, Run } from "./run.node.ts";

export const AddReport = z
  .strictObject({
    run: NodeId,
    attempt: AttemptNumber,
    name: Name.describe("Which of the run's reports this is, as drift-2013-07: the same name again is refused."),
    about: z
      .array(NodeId)
      .min(1)
      .max(20)
      .describe("Deployments and versions that the service reads: of its endpoint, and its inputs."),
    ...reportSaid,
  })
  .meta({ id: "AddReport" });
type AddReport = z.infer<typeof AddReport>;

/** A service, which goes on, says what it has found out. A task says it when it has finished. */
export function addReport({ run: runId, attempt, name, about, ...said }: AddReport) {
  const id = reportId(runId, name);
  return {
    heads: [runId, id, ...about],
    decide: (heads: Heads, { at }: FactContext): Decision<{ report: string }> => {
      const run = heads.get(Run, runId);
      const lost = leaseErrors(run, attempt);
      if (run === undefined || lost) return lost!;
      if (run.kind !== "SERVICE")
        return refuse("STATE_CONFLICT", ["run"], "a task says what it found out with finishRun, when it has ended");
      if (heads.has(id)) return refuse("STATE_CONFLICT", ["name"], `the run has a report ${name} already`);
      const ends = [...new Set(about)].map((end) => ({ id: end }));
      const made = newReport(run, name, { ...said, about: ends }, at);
      return { facts: [made.fact], answer: { report: id }, side: { files: made.files } };
    },
  };
}
