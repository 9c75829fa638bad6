import { digestOf, NodeId } from "@clew/schema";
import { z } from "zod";
import type { FactContext } from "../../core/define-fact.ts";
import { TextObject } from "../../core/json-object.ts";
import type { Decision, Heads } from "../../ledger/command.ts";
import { environmentFact, environmentId } from "../catalog/index.ts";
import { changeLast, leaseErrors } from "./attempts.ts";
import { runStarted } from "./run.facts.ts";
import { AttemptNumber, Run } from "./run.node.ts";

export const StartRun = z
  .strictObject({
    run: NodeId,
    attempt: AttemptNumber,
    environment: TextObject.describe("Runtime, packages, hardware, backend: captured by the host."),
  })
  .meta({ id: "StartRun" });

export function startRun(input: z.infer<typeof StartRun>) {
  const environment = environmentId(digestOf(input.environment));
  return {
    heads: [input.run, environment],
    decide: (heads: Heads, context: FactContext): Decision<{ run: string }> => {
      const run = heads.get(Run, input.run);
      const lost = leaseErrors(run, input.attempt);
      if (lost || run === undefined) return lost!;
      const others = run.inputs.filter(({ role }) => role !== "environment");
      const started = runStarted.of({
        run: run.id,
        attempts: changeLast(run, { state: "RUNNING", startedAt: context.at }),
        inputs: [...others, { id: environment, role: "environment" }],
        environment,
        startedAt: context.at,
      });
      const facts = heads.has(environment) ? [started] : [environmentFact(input.environment, context), started];
      return { facts, answer: { run: run.id } };
    },
  };
}
