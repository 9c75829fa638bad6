import { contentId } from "@clew/schema";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import type { NodeState } from "../../core/graph-change.ts";
import { Heads } from "../../ledger/command.ts";
import { fireTrigger, type Occasion } from "./fire-trigger.ts";
import { triggerFired } from "./trigger.facts.ts";
import { CAUSES_MAX, type CauseCount, QUEUE_MAX, Trigger } from "./trigger.node.ts";
import { TriggerDefinition } from "./trigger-definition.ts";

const AGENT = contentId("Agent", "a");
const ID = contentId("Trigger", "t");
const ids = (count: number) => Array.from({ length: count }, (_, n) => contentId("TriggerFiring", String(n)));
const OCCASION: Occasion = {
  text: "cron 2026-01-03T06:00:00.000Z",
  cause: "new",
  message: "it was time",
  about: null,
  alert: null,
  causedBy: [],
  values: {},
};

/** What is recorded where a trigger that stands so fires, and this is known of its firings; nothing where it does not. */
function firedOrNot(written: object, standing: object = {}, occasion: Partial<Occasion> = {}, known: string[] = []) {
  const definition = TriggerDefinition.parse({ on: { hand: {} }, do: [{ ask: { about: "a/b" } }], ...written });
  const trigger = { namespace: "a", name: "t", state: "ENABLED", definition, author: AGENT, open: [], queue: [] };
  const attributes = { ...trigger, causes: [], cronAt: null, ...standing };
  const state = { id: ID, type: Trigger.name, attributes } as unknown as NodeState;
  const heads = new Heads(
    (id) => (id === ID || known.includes(id) ? { ...state, id } : undefined),
    () => [],
  );
  const decided = fireTrigger(ID, { ...OCCASION, ...occasion }).decide(heads, { at: 7, by: AGENT });
  return "facts" in decided ? decided.facts : [];
}

function fired(...standing: Parameters<typeof firedOrNot>) {
  const [fact] = firedOrNot(...standing);
  return triggerFired.payload.parse(fact?.payload) as z.output<typeof triggerFired.payload>;
}

describe("a trigger that fires", () => {
  test.each([
    [99, "FIRED", 100],
    [100, "SKIPPED", 100],
  ])("whatever is under way, has with %i of its firings %s", (open, state, left) => {
    const { firing, ...after } = fired({ concurrency: "ALLOW" }, { open: ids(open) });
    expect([firing.state, after.open.length]).toEqual([state, left]);
    if (state === "SKIPPED") expect(firing.message).toBe("it was time: 100 firings are under way");
  });

  test("in the place of others stands alone, or a burst of them would be kept to its last one", () => {
    const { firing, open } = fired({ concurrency: "REPLACE" }, { open: ids(3) });
    expect(firing).toMatchObject({ state: "FIRED", replaces: ids(3) });
    expect(open).toEqual([firing.id]);
  });

  test.each([
    [QUEUE_MAX - 1, "QUEUED"],
    [QUEUE_MAX, "SKIPPED"],
  ])("with %i that wait has %s", (waiting, state) => {
    const { firing, queue } = fired({ concurrency: "QUEUE" }, { open: ids(1), queue: ids(waiting) });
    expect([firing.state, queue.length]).toEqual([state, QUEUE_MAX]);
  });

  test("is recorded once for an occasion, and while it is disabled only by hand", () => {
    const { firing } = fired({});
    expect(firedOrNot({}, {}, {}, [firing.id])).toEqual([]);
    expect(firedOrNot({}, { state: "DISABLED" })).toEqual([]);
    expect(firedOrNot({}, { state: "DISABLED" }, { byHand: true })).toHaveLength(1);
  });

  test("keeps the time that was due, so that it is not due again, and leaves it where it is fired by hand", () => {
    expect(fired({}, { cronAt: 3 }, { cronAt: 5 }).cronAt).toBe(5);
    expect(fired({}, { cronAt: 3 }).cronAt).toBe(3);
  });

  test("forgets of too many causes the oldest for which nobody has been asked", () => {
    const cause = (n: number): CauseCount => {
      return { cause: `c${n}`, firings: 1, isExhausted: n < 2, about: null, alert: null, ask: null };
    };
    const { causes } = fired({}, { causes: Array.from({ length: CAUSES_MAX }, (_, n) => cause(n)) });
    expect(causes).toHaveLength(CAUSES_MAX);
    expect(causes.map((one) => one.cause)).toEqual(expect.arrayContaining(["c0", "c1", "c3", "new"]));
    expect(causes.at(-1)).toMatchObject({ cause: "new", firings: 1 });
  });
});
