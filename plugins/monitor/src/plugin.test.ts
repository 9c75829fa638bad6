import { fileURLToPath } from "node:url";
import { runConformance } from "@clew/plugin-sdk/host";
import { expect, test } from "vitest";
import { aJob } from "../test/service.fixture.ts";
import { anObserved, HOURLY, predictionsOf, START, stored, streamOf } from "../test/stream.fixture.ts";

const DIR = fileURLToPath(new URL("..", import.meta.url));
const HOUR = 3_600_000;

const STREAM = streamOf(
  [anObserved(START - HOUR, { sampledOut: 1 })],
  stored(predictionsOf({ from: 0, to: HOUR, count: 200 })),
  stored(predictionsOf({ from: HOUR, to: 2 * HOUR, count: 200, mean: 1 })),
  [anObserved(START + 2 * HOUR + 61_000)],
);

test("passes the conformance kit", async () => {
  const report = await runConformance(DIR);
  expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
}, 120_000);

test("reports windows and drift as a process of its own, and a second one goes on where it must", async () => {
  const whole = await aJob({ parameters: HOURLY, stream: STREAM });
  expect(whole.outcome).toMatchObject({ outcome: "result" });
  expect([...whole.said.reports.values()].map(({ verdict }) => verdict)).toEqual(["PASS", "FAIL"]);
  expect(whole.said.alerts.map(({ cause }) => cause)).toEqual(["drift"]);
  const { said } = await aJob({ parameters: HOURLY, stream: STREAM.slice(0, 7) });
  expect(said.reports.size).toBe(1);
  expect(said.seen).toBeGreaterThan(1);
  await aJob({ parameters: HOURLY, stream: STREAM, said });
  expect([...said.reports]).toEqual([...whole.said.reports]);
  expect(said.alerts).toEqual(whole.said.alerts);
}, 60_000);

test.each([
  ["no column", "delay,harbour\n1,A\n2,B\n", "the reference has no column port"],
  ["no rows", "delay,port\n", "the query's answer has no rows"],
  ["text for numbers", "delay,port\nlate,A\nlater,B\n", "column delay is VARCHAR and cannot be read as a number"],
])("a reference with %s is bad input", async (_, reference, message) => {
  const { outcome } = await aJob({ parameters: HOURLY, reference, stream: STREAM });
  expect(outcome).toMatchObject({ failure: { type: "BAD_INPUT", message } });
});

test("a reference of one row is never enough to decide by", async () => {
  const { said } = await aJob({ parameters: HOURLY, reference: "delay,port\n1,A\n", stream: STREAM });
  expect([...said.reports.values()].map(({ verdict }) => verdict)).toEqual(["NOT_ENOUGH_DATA", "NOT_ENOUGH_DATA"]);
});

test("categories are the same in the reference and in requests, whatever their type", async () => {
  const rows = Array.from(
    { length: 200 },
    (_, row) => `${row % 7},${row % 2 === 0 ? "true" : "false"},${(row % 3) / 2}`,
  );
  const features = ["gate", "holiday", "half"].map((name) => ({ name, kind: "categorical" as const }));
  const predictions = predictionsOf({ from: 0, to: HOUR, count: 210 }).map((one, row) => ({
    ...one,
    inputs: { gate: [row % 7], holiday: [row % 2 === 0], half: [(row % 3) / 2] },
  }));
  const { said } = await aJob({
    parameters: { ...HOURLY, features },
    reference: `gate,holiday,half\n${rows.join("\n")}\n`,
    stream: streamOf([STREAM[0]!], stored(predictions), [anObserved(START + HOUR + 61_000)]),
  });
  expect([...said.reports.values()][0]).toMatchObject({ verdict: "PASS" });
});

test("the reference may come from any query, and columns of other names", async () => {
  const features = [{ name: "delay", reference: "minutes", kind: "numeric" as const }];
  const parameters = { ...HOURLY, features, sql: "SELECT delay AS minutes FROM data WHERE port = 'A'" };
  const { said } = await aJob({ parameters, stream: STREAM });
  expect([...said.reports.values()][0]!.drift![0]!.referenceCount).toBeLessThan(150);
});
