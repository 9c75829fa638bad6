import { describe, expect, it } from "vitest";
import { nextMoves, type PipelineView } from "./next-moves.ts";
import type { StepNode, Waited } from "./step-outcome.ts";

const RUN = "Run:1";

function step(name: string, state: StepNode["state"], needs: readonly string[] = [], waitsFor: string | null = null) {
  return { id: `PipelineStep:${name}`, name, state, needs, waitsFor } as unknown as StepNode;
}

/** What is to be done for these steps; `ended`: the states of the runs that some wait for. */
function moves(steps: readonly StepNode[], ended: Readonly<Record<string, string>> = {}, state = "RUNNING"): string[] {
  const nodes = Object.entries(ended).map(
    ([id, of]) => [id, { id, type: "Run", state: of, failure: null } as unknown as Waited] as const,
  );
  const run = { id: RUN, state } as PipelineView["run"];
  return nextMoves({ run, steps, waitedFor: new Map(nodes) }).map((move) => {
    if (move.kind === "finish") return "finish";
    if (move.kind === "drop") return `${move.state} ${move.steps.map(({ name }) => name).join()}`;
    return `${move.kind} ${move.step.name}`;
  });
}

describe("what is next in a pipeline run", () => {
  it("is every step whose needs have ended well", () => {
    const steps = [
      step("a", "SUCCEEDED"),
      step("b", "REUSED"),
      step("c", "WAITING", ["a", "b"]),
      step("d", "WAITING"),
      step("e", "WAITING", ["c"]),
    ];
    expect(moves(steps)).toEqual(["begin c", "begin d"]);
  });

  it("is to settle a step whose run has ended, to begin what it was needed for, and to wait for one whose run goes on", () => {
    const steps = [step("a", "RUNNING", [], "Run:a"), step("b", "RUNNING", [], "Run:b"), step("c", "WAITING", ["a"])];
    expect(moves(steps, { "Run:a": "SUCCEEDED", "Run:b": "RUNNING" })).toEqual(["settle a", "begin c"]);
  });

  it("is to begin nothing after a failure, and to wait for what runs", () => {
    const steps = [step("a", "FAILED"), step("b", "RUNNING", [], "Run:b"), step("c", "WAITING")];
    expect(moves(steps, { "Run:b": "RUNNING" })).toEqual(["SKIPPED c"]);
    expect(moves([step("a", "FAILED"), step("b", "RUNNING", [], "Run:b")], { "Run:b": "LEASED" })).toEqual([]);
  });

  it("is the end once every step has ended", () => {
    expect(moves([step("a", "SUCCEEDED"), step("b", "REUSED")])).toEqual(["finish"]);
    expect(moves([step("a", "FAILED"), step("b", "SKIPPED")])).toEqual(["finish"]);
  });

  it("is to stop every open step of a run that was cancelled, and then nothing", () => {
    const steps = [step("a", "SUCCEEDED"), step("b", "RUNNING"), step("c", "WAITING")];
    expect(moves(steps, {}, "CANCELLED")).toEqual(["CANCELLED b,c"]);
    expect(moves([step("a", "SUCCEEDED"), step("b", "CANCELLED")], {}, "CANCELLED")).toEqual([]);
  });

  it("is to settle what had ended before the run was cancelled or given up, and to stop the rest then", () => {
    const steps = [step("a", "RUNNING", [], "Run:a"), step("b", "RUNNING", [], "Run:b")];
    expect(moves(steps, { "Run:a": "SUCCEEDED", "Run:b": "RUNNING" }, "FAILED")).toEqual(["settle a"]);
  });
});
