import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answering, clewIn, page } from "../program.fixture.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "clew-cli-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const clew = (...args: string[]) => clewIn(dir, ...args);

describe("ls by values", () => {
  it("asks for values of parameters and metrics, and for an order", async () => {
    using server = await answering(page("runs", []), page("reports", []));
    const flags = ["--parameter", "lr=0.01", "--parameter", "optimizer.name=adam", "--metric", "roc_auc>0.64"];
    await clew("--url", server.url, "ls", "runs", ...flags, "--parameter", "seed=9007199254740993");
    await clew("--url", server.url, "ls", "reports", "--metric", "loss<=1e-3", "--order-by-metric", "loss:asc");
    expect(server.asked.map(({ variables }) => variables)).toMatchObject([
      {
        parameters: [
          { name: "lr", equals: 0.01 },
          { name: "optimizer.name", equals: "adam" },
          { name: "seed", equals: { $int64: "9007199254740993" } },
        ],
        metrics: [{ name: "roc_auc", greaterThan: 0.64 }],
      },
      { metrics: [{ name: "loss", atMost: 0.001 }], orderByMetric: { name: "loss", direction: "ASC" } },
    ]);
  });

  it.each([
    ["models", "--parameter", "lr=1"],
    ["datasets", "--metric", "auc=1"],
    ["runs", "--order-by-metric", "auc"],
  ])("refuses %s by %s", async (what, flag, value) => {
    const { status, err } = await clew("ls", what, flag, value);
    expect([status, err]).toEqual([1, expect.stringContaining(`leave out ${flag}`)]);
  });

  it("shows the metric that reports are ordered by", async () => {
    const report = {
      id: "Report:1",
      namespace: "n",
      reportType: "EVALUATION",
      verdict: null,
      about: [],
      createdAt: "2026-01-31T12:00:00.000Z",
      metrics: [
        { name: "rows", value: 9 },
        { name: "auc", value: 0.7512345 },
      ],
    };
    using server = await answering(page("reports", [report]));
    const { out } = await clew("--url", server.url, "ls", "reports", "--order-by-metric", "auc");
    expect(out.split("\n").map((line) => line.split(/ {2,}/).at(-1))).toEqual(["auc", "0.7512"]);
  });
});
