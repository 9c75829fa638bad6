import { contentId } from "@clew/schema";
import { z } from "zod";
import { defineFact, type FactContext } from "../../core/define-fact.ts";
import { place } from "../../core/define-node.ts";
import type { Decision, Heads } from "../../ledger/command.ts";
import { Runner, RunnerScope } from "./runner.node.ts";

export const EnrolRunner = z
  .strictObject({
    name: Runner.fields.name,
    plugins: RunnerScope.default(["*"]),
    namespaces: RunnerScope.default(["*"]),
    pools: RunnerScope.default(["default"]),
  })
  .meta({ id: "EnrolRunner" });

export const runnerEnrolled = defineFact({
  type: "runner.enrolled",
  v: 1,
  payload: Runner.schema,
  project: (runner) => place(Runner, runner),
});

export const runnerId = (name: string) => contentId("Runner", name);

/** Enrols a runner, or changes what an enrolled one may do. */
export function enrolRunner(input: z.infer<typeof EnrolRunner>, tokenHash: string) {
  const id = runnerId(input.name);
  const token = contentId("Token", id, tokenHash);
  return {
    token,
    heads: [id],
    decide: (heads: Heads, { at }: FactContext): Decision<{ runner: string; token: string }> => {
      const before = heads.get(Runner, id);
      const grants = Object.fromEntries(input.namespaces.map((namespace) => [namespace, ["RUNNER"]]));
      const row = {
        id: token,
        hash: tokenHash,
        name: `runner ${input.name}`,
        agentId: id,
        grants: JSON.stringify(grants),
        expiresAt: null,
        revokedAt: null,
      };
      return {
        facts: [runnerEnrolled.of({ ...input, id, enrolledAt: before?.enrolledAt ?? at })],
        answer: { runner: id, token },
        side: { tokens: [row] },
      };
    },
  };
}
