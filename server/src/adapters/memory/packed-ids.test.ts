import { contentId, timeId } from "@clew/schema";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PackedIds } from "./packed-ids.ts";

const anId = fc.oneof(
  fc.nat(300).map((n) => contentId("DatasetVersion", n)),
  fc.constantFrom("a", "b", "c", "g", "h").map((letter) => `Run:01900000-0000-7000-8000-00000000000${letter}`),
  // Not quite ids: they must be told apart from ids, and kept as they are.
  fc.constantFrom(
    "",
    ":",
    "a",
    "Run:",
    "Run:0190000000007000800000000000000A",
    "Run:0190000000007000800000000000000g",
    "Run:01900000x0000-7000-8000-000000000001",
    "Run:01900000-0000-7000-8000-0000000000é1",
    `${"0".repeat(31)}:`,
  ),
);

describe("packed ids", () => {
  it("numbers and finds ids of every form, as a map does, over truncations", () => {
    const steps = fc.array(fc.oneof(anId, fc.nat(30)), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (all) => {
        const packed = new PackedIds();
        let naive: string[] = [];
        for (const step of all) {
          if (typeof step === "number") {
            packed.truncate(Math.min(step, naive.length));
            naive = naive.slice(0, step);
          } else if (!naive.includes(step)) {
            packed.push(step);
            naive.push(step);
          }
        }
        expect(Array.from({ length: packed.length }, (_, index) => packed.at(index))).toEqual(naive);
        const order = naive.map((_, index) => index).toSorted((x, y) => packed.compare(x, y));
        expect(order.map((index) => naive[index])).toEqual(naive.toSorted());
        for (const step of all) if (typeof step === "string") expect(packed.find(step)).toBe(naive.indexOf(step));
      }),
    );
  });

  it("keeps thousands, of which many begin their search at one slot", () => {
    const packed = new PackedIds();
    const ids = Array.from({ length: 5_000 }, (_, n) =>
      n % 2 === 0 ? timeId("Run") : `Model:${n.toString(16).padStart(16, "0")}${"0".repeat(16)}`,
    );
    for (const id of ids) packed.push(id);
    expect(ids.map((id) => packed.find(id))).toEqual(ids.map((_, index) => index));
    expect(packed.find(timeId("Run"))).toBe(-1);
  });

  it("tells apart what differs in its type or its form alone", () => {
    const digits = "0190f3e2a1b27c3d8e4f5a6b7c8d9e0f";
    const uuid = "0190f3e2-a1b2-7c3d-8e4f-5a6b7c8d9e0f";
    const packed = new PackedIds();
    const ids = [`Run:${digits}`, `Model:${digits}`, `Run:${uuid}`];
    for (const id of ids) packed.push(id);
    expect(ids.map((id) => packed.find(id))).toEqual([0, 1, 2]);
    expect([0, 1, 2].map((index) => packed.at(index))).toEqual(ids);
    expect(packed.find(`Model:${uuid}`)).toBe(-1);
  });
});
