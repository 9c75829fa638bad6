import { typeOfId } from "@clew/schema";
import { describe, expect, it } from "vitest";
import { nextMoves, type PipelineView } from "./next-moves.ts";
import { type Found, stepFailure, type StepNode, type Waited } from "./step-outcome.ts";

const RUN = "Run:1";

function step(name: string, state: StepNode["state"], needs: readonly string[] = [], waitsFor: string | null = null) {
  return { id: `PipelineStep:${name}`, name, state, needs, waitsFor } as unknown as StepNode;
}

const watch = (state: StepNode["state"], needs: readonly string[] = []) => ({
  ...step("watch", state, needs, "Deployment:1"),
  stepType: "WATCH" as const,
});

interface Around {
  /** The states of the runs and deployments that some steps wait for. */
  readonly ended?: Readonly<Record<string, string>>;
  readonly found?: Readonly<Record<string, Found>>;
  readonly state?: string;
}

/** What is to be done for these steps. */
function moves(steps: readonly StepNode[], { ended = {}, found = {}, state = "RUNNING" }: Around = {}): string[] {
  const nodes = Object.entries(ended).map(
    ([id, of]) =>
      [id, { id, type: typeOfId(id), state: of, failure: null, activatedAt: 1 } as unknown as Waited] as const,
  );
  const run = { id: RUN, state } as PipelineView["run"];
  return nextMoves({ run, steps, waitedFor: new Map(nodes), found: new Map(Object.entries(found)) }).map((move) => {
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
    expect(moves(steps, { ended: { "Run:a": "SUCCEEDED", "Run:b": "RUNNING" } })).toEqual(["settle a", "begin c"]);
  });

  it("is to begin nothing after a failure, and to wait for what runs", () => {
    const steps = [step("a", "FAILED"), step("b", "RUNNING", [], "Run:b"), step("c", "WAITING")];
    expect(moves(steps, { ended: { "Run:b": "RUNNING" } })).toEqual(["SKIPPED c"]);
    expect(moves([step("a", "FAILED"), step("b", "RUNNING", [], "Run:b")], { ended: { "Run:b": "LEASED" } })).toEqual(
      [],
    );
  });

  it("is to wait while nothing has been found out about a deployment that is served, and then to go on with what was", () => {
    const steps = [watch("RUNNING"), step("decide", "WAITING", ["watch"])];
    const ended = { "Deployment:1": "ACTIVE" };
    expect(moves(steps, { ended })).toEqual([]);
    const report: Found = { report: "Report:1", failure: null };
    expect(moves(steps, { ended, found: { watch: report } })).toEqual(["settle watch", "begin decide"]);
    const none = { report: null, failure: stepFailure("DEPLOYMENT_CONFLICT", "it is SUPERSEDED") };
    expect(moves(steps, { ended, found: { watch: none } })).toEqual(["settle watch", "SKIPPED decide"]);
  });

  const shadow = (state: StepNode["state"]) => ({ ...step("shadow", state), stepType: "DEPLOY" as const });
  const withdrawal = { ...step("withdraw", "WAITING", ["shadow"]), stepType: "WITHDRAW" as const };

  it("is to withdraw what was deployed once a failure is noted, and nothing while all is well", () => {
    const done = shadow("SUCCEEDED");
    expect(moves([done, step("a", "WAITING"), withdrawal])).toEqual(["begin a"]);
    const ended = { "Run:a": "FAILED" };
    const failing = step("a", "RUNNING", [], "Run:a");
    expect(moves([done, failing, step("b", "WAITING"), withdrawal], { ended })).toEqual(["settle a", "SKIPPED b"]);
    expect(moves([done, step("a", "FAILED"), step("b", "RUNNING"), withdrawal])).toEqual(["begin withdraw"]);
    expect(moves([done, step("a", "SUCCEEDED"), withdrawal])).toEqual(["SKIPPED withdraw"]);
  });

  it("is to withdraw nothing that was not deployed, and to wait for what still is being", () => {
    const failed = step("a", "FAILED");
    for (const state of ["WAITING", "SKIPPED", "FAILED"] as const)
      expect(moves([failed, shadow(state), withdrawal]).at(-1)).toBe("SKIPPED withdraw");
    expect(moves([failed, shadow("RUNNING"), withdrawal])).toEqual([]);
    const live = { ...shadow("RUNNING"), name: "live" };
    expect(moves([failed, shadow("SUCCEEDED"), live, withdrawal])).toEqual([]);
  });

  it("is the end once every step has ended", () => {
    expect(moves([step("a", "SUCCEEDED"), step("b", "REUSED")])).toEqual(["finish"]);
    expect(moves([step("a", "FAILED"), step("b", "SKIPPED")])).toEqual(["finish"]);
  });

  it("is to stop every open step of a run that was cancelled, and then nothing", () => {
    const steps = [step("a", "SUCCEEDED"), step("b", "RUNNING"), step("c", "WAITING")];
    expect(moves(steps, { state: "CANCELLED" })).toEqual(["CANCELLED b,c"]);
    expect(moves([step("a", "SUCCEEDED"), step("b", "CANCELLED")], { state: "CANCELLED" })).toEqual([]);
  });
});
