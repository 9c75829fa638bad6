import { describe, expect, test } from "vitest";
import { dueOccasion } from "./cron-clock.ts";
import { lastDue } from "./cron-times.ts";
import { firingId, type TriggerNode } from "./fire-trigger.ts";
import { filled, isLike } from "./trigger-definition.ts";

const at = (text: string) => Date.parse(text);

describe("a schedule", () => {
  const DAILY = { expression: "30 2 * * *", timezone: "Europe/Berlin" };

  test("is due at its time in its zone, and not before", () => {
    expect(lastDue(DAILY, at("2026-01-10T00:00:00Z"), at("2026-01-10T01:29:59Z"))).toBeNull();
    expect(lastDue(DAILY, at("2026-01-10T00:00:00Z"), at("2026-01-10T01:30:00Z"))).toEqual({
      at: at("2026-01-10T01:30:00Z"),
      missed: 0,
    });
    expect(lastDue(DAILY, at("2026-07-10T00:00:00Z"), at("2026-07-10T02:00:00Z"))?.at).toBe(at("2026-07-10T00:30:00Z"));
  });

  test("is not due again once it was, though the clock is set back", () => {
    expect(lastDue(DAILY, at("2026-01-10T01:30:00Z"), at("2026-01-10T20:00:00Z"))).toBeNull();
    // The clock is set back by a day, and comes to the same times again.
    for (const now of ["2026-01-09T01:29:00Z", "2026-01-09T01:30:00Z", "2026-01-10T01:30:00Z"])
      expect(lastDue(DAILY, at("2026-01-10T01:30:00Z"), at(now))).toBeNull();
  });

  test("is due once for the last of the times that were missed", () => {
    expect(lastDue(DAILY, at("2026-01-01T00:00:00Z"), at("2026-01-04T12:00:00Z"))).toEqual({
      at: at("2026-01-04T01:30:00Z"),
      missed: 3,
    });
    const minutes = { expression: "* * * * *", timezone: "UTC" };
    expect(lastDue(minutes, at("2020-01-01T00:00:00Z"), at("2026-01-01T00:00:30Z"))).toEqual({
      at: at("2026-01-01T00:00:00Z"),
      missed: 1_000,
    });
  });

  test("comes once in the night when an hour comes twice, and in that which loses its hour", () => {
    const autumn = lastDue(DAILY, at("2026-10-24T12:00:00Z"), at("2026-10-25T12:00:00Z"));
    const spring = lastDue(DAILY, at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z"));
    expect([autumn?.missed, spring?.missed]).toEqual([0, 0]);
  });
});

test("an occasion is told apart by the time that was due alone, so that two servers mean the same firing", () => {
  const definition = { on: { cron: { expression: "0 6 * * *" } }, do: [{ ask: { about: "a/b" } }] };
  const trigger = { definition, cronAt: null, enabledAt: at("2026-01-01T00:00:00Z") } as unknown as TriggerNode;
  const [early, late] = ["2026-01-03T06:00:00Z", "2026-01-03T17:00:00Z"].map((now) => dueOccasion(trigger, at(now))!);
  expect(early!.text).toBe("cron 2026-01-03T06:00:00.000Z");
  expect(early!.message).toContain("for 2 earlier times");
  expect(firingId("Trigger:x", early!.text)).toBe(firingId("Trigger:x", late!.text));
  expect(dueOccasion({ ...trigger, cronAt: at("2026-01-03T06:00:00Z") }, at("2026-01-03T17:00:00Z"))).toBeNull();
  // Nor for a time that passed while it was disabled, whenever it was due last.
  for (const cronAt of [null, at("2026-01-02T06:00:00Z")])
    expect(
      dueOccasion({ ...trigger, cronAt, enabledAt: at("2026-01-03T06:30:00Z") }, at("2026-01-03T17:00:00Z")),
    ).toBeNull();
});

test("a pattern's star is any part, and all else is itself", () => {
  expect(["drift:*", "*", "drift:temp", "*temp"].map((glob) => isLike("drift:temp", glob))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(["drift", "drift:tem.", "temp*", "drift:*x"].map((glob) => isLike("drift:temp", glob))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test("what stands for something is filled in wherever a text is that and no more", () => {
  const values = { $version: "DatasetVersion:1" };
  expect(filled({ a: ["$version", "x $version"], b: { c: "$version" }, d: 1, e: "$commit" }, values)).toEqual({
    a: ["DatasetVersion:1", "x $version"],
    b: { c: "DatasetVersion:1" },
    d: 1,
    e: "$commit",
  });
});
