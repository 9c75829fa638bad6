import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { clewIn } from "../program.fixture.ts";

function aPluginOf(script: string, declared: object = {}): string {
  const dir = mkdtempSync(join(tmpdir(), "clew-plugin-run-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const manifest = {
    name: "fails",
    version: "1.0.0",
    description: "Fails.",
    hostApi: 1,
    runType: "PREPARATION",
    inputs: {},
    outputs: {},
    parameters: { type: "object" },
    runtime: { type: "command", command: ["sh", "job.sh"] },
    ...declared,
  };
  writeFileSync(join(dir, "plugin.json"), JSON.stringify(manifest));
  writeFileSync(join(dir, "job.sh"), script);
  return dir;
}

it("plugin run shows how a job's standard error ends that broke off", async () => {
  const dir = aPluginOf("for n in $(seq 30); do echo step $n >&2; done; exit 3");
  const { status, err } = await clewIn(dir, "plugin", "run", dir, "--out", join(dir, "out"));
  expect(status).toBe(1);
  const lines = Array.from({ length: 20 }, (_, n) => `  step ${n + 11}`);
  const why = "clew: the job failed: PLUGIN_ERROR: the job ended with status 3 without a result";
  expect(err.split("\n")).toEqual([`${why}; its standard error ends`, ...lines]);
});

it("plugin run says no more than the job where the job says why", async () => {
  const hello = '{"type":"hello","protocol":"clew-job/1","plugin":"fails","version":"1.0.0"}';
  const failure = '{"type":"failure","failure":{"type":"BAD_INPUT","message":"no rows","retryable":false}}';
  const dir = aPluginOf(`echo noise >&2; echo '${hello}'; echo '${failure}'`);
  const { err } = await clewIn(dir, "plugin", "run", dir, "--out", join(dir, "out"));
  expect(err).toBe("clew: the job failed: BAD_INPUT: no rows");
});

it("plugin run shows a report's verdict", async () => {
  const lines = [
    { type: "hello", protocol: "clew-job/1", plugin: "fails", version: "1.0.0" },
    {
      type: "output",
      role: "report",
      output: {
        nodeType: "Report",
        reportType: "DATA_VALIDATION",
        about: ["data"],
        verdict: "FAIL",
        metrics: { rows: 3 },
        anomalies: [
          { type: "BAD", column: "dest", severity: "WARNING", message: "dest is no allowed value", count: 28 },
        ],
        rules: [
          {
            rule: "enough",
            kind: "THRESHOLD",
            metric: "rows",
            outcome: "FAIL",
            value: 3,
            bound: 5,
            message: "too few rows",
          },
        ],
      },
    },
    { type: "result" },
  ];
  const dir = aPluginOf(lines.map((line) => `echo '${JSON.stringify(line)}'`).join("\n"), {
    inputs: { data: { type: "DatasetVersion", description: "Rows." } },
    outputs: { report: { type: "Report", description: "What was found." } },
  });
  const { out } = await clewIn(
    dir,
    "plugin",
    "run",
    dir,
    "--input",
    `data=${join(dir, "job.sh")}`,
    "--out",
    join(dir, "out"),
  );
  expect(out).toContain("report: Report, DATA_VALIDATION FAIL");
  expect(out).toMatch(/WARNING +dest +BAD +28 +dest is no allowed value/);
  expect(out).toMatch(/FAIL +too few rows/);
});
