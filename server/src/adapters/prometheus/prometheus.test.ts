import { expect, it } from "vitest";
import { Prometheus } from "./prometheus.ts";

const linesOf = (text: string, name: string) => text.split("\n").filter((line) => line.startsWith(name));

it("leaves out what cannot be read now, says so in the log, and shows the rest", async () => {
  let isThere = false;
  const read = () => {
    if (!isThere) throw new Error("the database is away");
    return [{ value: 3, labels: { state: "ready" } }];
  };
  const warned: unknown[] = [];
  const log = { warn: (fields: object) => void warned.push(fields) };
  const readings = [
    { name: "of_states", help: "h", labels: ["state"], read },
    { name: "alone", help: "h", read: () => read().map(({ value }) => ({ value })) },
    { name: "sound", help: "h", read: async () => [{ value: 7 }] },
  ];
  const prometheus = new Prometheus(readings, log);
  const first = await prometheus.text();
  expect([linesOf(first, "of_states"), linesOf(first, "alone"), linesOf(first, "sound")]).toEqual([
    [],
    [],
    ["sound 7"],
  ]);
  expect(warned).toMatchObject([{ metric: "of_states" }, { metric: "alone" }]);
  isThere = true;
  const second = await prometheus.text();
  expect([...linesOf(second, "of_states"), ...linesOf(second, "alone")]).toEqual([
    'of_states{state="ready"} 3',
    "alone 3",
  ]);
  isThere = false;
  expect(linesOf(await prometheus.text(), "of_states")).toEqual([]);
});

it("counts mutations by outcome, and how long they took in seconds", async () => {
  const prometheus = new Prometheus([], { warn: () => {} });
  for (const ms of [3, 30, 300]) prometheus.countMutation("setTag", "recorded", ms);
  prometheus.countMutation("setTag", "refused", 3);
  const text = await prometheus.text();
  expect(linesOf(text, "clew_mutations_total")).toEqual([
    'clew_mutations_total{mutation="setTag",outcome="recorded"} 3',
    'clew_mutations_total{mutation="setTag",outcome="refused"} 1',
  ]);
  expect(linesOf(text, "clew_mutation_duration_seconds_bucket")).toContain(
    'clew_mutation_duration_seconds_bucket{le="0.05",mutation="setTag"} 3',
  );
  expect(linesOf(text, "clew_mutation_duration_seconds_sum")).toEqual([
    'clew_mutation_duration_seconds_sum{mutation="setTag"} 0.33599999999999997',
  ]);
  expect(text).toContain("process_resident_memory_bytes");
});
