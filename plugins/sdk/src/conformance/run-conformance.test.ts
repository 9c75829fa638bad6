import { expect, test } from "vitest";
import { HELLO, OUTPUT, RESULT, aFolder, aManifest, aPackageFolder } from "../../test/a-job.ts";
import { formatManifest } from "../host/format-manifest.ts";
import { type ConformanceReport, runConformance } from "./run-conformance.ts";

/** Generous for jobs that end by themselves, on a machine that has much else to do. */
const GRACE_MS = 8000;
const MANIFEST = aManifest({
  inputs: { rows: { type: "DatasetVersion", description: "Rows." } },
  outputs: { data: { type: "DatasetVersion", description: "Made." } },
  parameters: { type: "object", properties: { n: { type: "integer" } }, additionalProperties: false },
});
const FIXTURE = { badParameters: [{ n: "one" }], inputs: { rows: [{ files: ["rows.csv"] }] } };
const MAKE = `mkdir "$CLEW_OUTPUT_DIR/made"; cp "$CLEW_INPUT_DIR/rows/0/rows.csv" "$CLEW_OUTPUT_DIR/made/"`;

async function reportOn(
  script: string,
  given: { manifest?: unknown; fixture?: unknown; graceMs?: number } = {},
): Promise<ConformanceReport> {
  const dir = await aFolder({
    "job.sh": script,
    "plugin.json": formatManifest(given.manifest ?? MANIFEST),
    "conformance/job.json": JSON.stringify(given.fixture ?? FIXTURE),
    "conformance/rows.csv": "id\n1\n",
  });
  return await runConformance(dir, given.graceMs ?? GRACE_MS);
}

function failedIn(report: ConformanceReport): string[] {
  return report.checks.filter((check) => check.status === "fail").map((check) => check.id);
}

test.concurrent("a good command plugin conforms; what does not apply is skipped, not passed", async () => {
  const report = await reportOn(`${HELLO}; ${MAKE}; sleep 0.3; ${OUTPUT}; ${RESULT}`);
  expect(report).toMatchObject({ plugin: "sample 1.0.0", passed: true });
  expect(report.checks.map(({ id, status }) => [id, status])).toEqual([
    ["manifest", "pass"],
    ["declared", "skip"],
    ["good-job", "pass"],
    ["deterministic", "pass"],
    ["watches", "skip"],
    ["prestart", "skip"],
    ["bad-parameters", "pass"],
    ["stays-inside", "pass"],
    ["cancel", "pass"],
    ["killed", "pass"],
  ]);
});

test.concurrent.each([
  [
    "makes something else each time",
    `${HELLO}; ${MAKE}; date +%N > "$CLEW_OUTPUT_DIR/made/now"; ${OUTPUT}; ${RESULT}`,
    "deterministic",
  ],
  [
    "states another metric each time",
    `${HELLO}; ${MAKE}; ${OUTPUT.replace('"rows":null', "\"rows\":'$$'")}; ${RESULT}`,
    "deterministic",
  ],
  ["fails", `${HELLO}; exit 1`, "good-job"],
  [
    "states an output that is not declared",
    `${HELLO}; ${MAKE}; ${OUTPUT.replace("data", "more")}; ${RESULT}`,
    "good-job",
  ],
  ["writes into its own folder", `${HELLO}; ${MAKE}; echo x >> log.txt; ${OUTPUT}; ${RESULT}`, "stays-inside"],
  [
    "changes its inputs",
    `${HELLO}; ${MAKE}; echo 2 >> "$CLEW_INPUT_DIR/rows/0/rows.csv"; ${OUTPUT}; ${RESULT}`,
    "stays-inside",
  ],
  [
    "writes beside its output folder",
    `${HELLO}; ${MAKE}; touch "$CLEW_OUTPUT_DIR/../x"; ${OUTPUT}; ${RESULT}`,
    "stays-inside",
  ],
  ["leaves temporary files", `${HELLO}; ${MAKE}; mktemp > /dev/null; ${OUTPUT}; ${RESULT}`, "stays-inside"],
  ["writes to the home folder", `${HELLO}; ${MAKE}; touch "$HOME/.cache"; ${OUTPUT}; ${RESULT}`, "stays-inside"],
])("a plugin that %s does not conform", async (_, script, check) => {
  const report = await reportOn(script);
  expect(report.passed).toBe(false);
  expect(failedIn(report)).toContain(check);
});

test.concurrent("a job that is done before it can be killed half-way is killed as it starts", async () => {
  // Time enough to be killed at its start, and none after the hello.
  const report = await reportOn(`sleep 0.5; ${MAKE}; ${HELLO}; ${OUTPUT}; ${RESULT}`);
  expect(report.checks.find((check) => check.id === "killed")).toMatchObject({
    status: "pass",
    detail: expect.stringMatching(/^PLUGIN_ERROR, killed (half-way|at its start)$/),
  });
});

test.concurrent("a plugin that ignores a cancel does not conform", async () => {
  const script = `trap '' TERM; ${HELLO}; ${MAKE}; sleep $CLEW_PARAMETER_n; ${OUTPUT}; ${RESULT}`;
  const fixture = { ...FIXTURE, parameters: { n: 0 }, longParameters: { n: 5 } };
  expect(failedIn(await reportOn(script, { fixture, graceMs: 1000 }))).toContain("cancel");
});

test.concurrent("a plugin that names secrets is given those of its fixture, and does not conform without", async () => {
  const script = `${HELLO}; ${MAKE}; [ "$TOKEN" = for-tests ] || exit 1; sleep 0.3; ${OUTPUT}; ${RESULT}`;
  const manifest = { ...MANIFEST, secrets: ["TOKEN"] };
  const fixture = { ...FIXTURE, secrets: { TOKEN: "for-tests" } };
  expect(failedIn(await reportOn(script, { manifest, fixture }))).toEqual([]);
  const without = await reportOn(script, { manifest });
  expect(failedIn(without)).toContain("good-job");
  expect(JSON.stringify(without.checks)).toContain("CLEW_SECRET_TOKEN");
});

const WATCHER = `
  import { definePlugin, servePlugin } from "@clew/plugin-sdk";
  import { z } from "zod";
  await servePlugin(definePlugin({
    name: "watcher", version: "1.0.0", description: "Watches.", runType: "MONITORING", kind: "service", watches: true, entry: "main.ts",
    inputs: {}, outputs: {}, parameters: z.object({ takes: z.int().default(100) }),
    run: async (job) => {
      let taken = 0;
      for await (const observed of job.observations()) {
        taken += 1;
        if (observed.isCaughtUp) job.seen(observed.seq);
        if (taken >= job.parameters.takes) return;
      }
    },
  }));`;
const OBSERVATIONS = Array.from({ length: 30 }, (_, i) => ({
  storedAt: `2026-11-24T07:00:${10 + i}.000Z`,
  dropped: i,
}));

test.concurrent.each([
  [
    "takes all that is observed conforms",
    { observations: OBSERVATIONS, serviceSeconds: 1 },
    "pass",
    "30 taken, 30 seen",
  ],
  [
    "takes less does not",
    { observations: OBSERVATIONS, serviceSeconds: 2, parameters: { takes: 3 } },
    "fail",
    "it asked for 8 of 30 observations",
  ],
  ["was given nothing does not", { serviceSeconds: 1 }, "fail", "conformance/job.json has no observations to give it"],
])("a plugin that watches and %s", async (_, fixture, status, detail) => {
  const manifest = aManifest({
    name: "watcher",
    description: "Watches.",
    runType: "MONITORING",
    kind: "service",
    watches: true,
    outputs: {},
    runtime: { type: "node", entry: "main.ts" },
  });
  const dir = await aPackageFolder({
    "main.ts": WATCHER,
    "plugin.json": formatManifest(manifest),
    "conformance/job.json": JSON.stringify(fixture),
  });
  const { checks } = await runConformance(dir, GRACE_MS);
  expect(checks.find(({ id }) => id === "watches")).toMatchObject({ status, detail });
});

test.concurrent("determinism is checked only where it is claimed", async () => {
  const script = `${HELLO}; ${MAKE}; date +%N > "$CLEW_OUTPUT_DIR/made/now"; ${OUTPUT}; ${RESULT}`;
  const report = await reportOn(script, { fixture: { ...FIXTURE, deterministic: false } });
  expect(report.passed).toBe(true);
  expect(report.checks.find((check) => check.id === "deterministic")?.status).toBe("skip");
});

test.concurrent.each([
  [
    "takes parameters that it does not know",
    { manifest: { ...MANIFEST, parameters: { type: "object" } } },
    "no-such-parameter",
  ],
  ["takes what the fixture calls bad", { fixture: { ...FIXTURE, badParameters: [{ n: -1 }] } }, '"n":-1'],
])("a plugin that %s does not conform", async (_, given, named) => {
  const report = await reportOn(`${HELLO}; ${MAKE}; ${OUTPUT}; ${RESULT}`, given);
  expect(failedIn(report)).toEqual(["bad-parameters"]);
  expect(report.checks.find((check) => check.id === "bad-parameters")?.detail).toContain(named);
});

test.concurrent.each([
  ["no fixture", { "plugin.json": formatManifest(MANIFEST), "job.sh": "" }, "conformance/job.json is missing"],
  [
    "a fixture with an unknown field",
    { "plugin.json": formatManifest(MANIFEST), "conformance/job.json": '{"input":{}}' },
    "input",
  ],
  ["no manifest", { "job.sh": "" }, "plugin.json: cannot be read"],
])("%s fails the kit and nothing else is tried", async (_, files, detail) => {
  const report = await runConformance(await aFolder(files));
  expect(report).toMatchObject({ passed: false, plugin: null, checks: [{ id: "manifest", status: "fail" }] });
  expect(report.checks[0]?.detail).toContain(detail);
});

test.concurrent("a plugin.json that differs from the code names the fields", async () => {
  const committed = aManifest({ outputs: {}, runtime: { type: "python", entry: "main.py" } });
  const declared = { ...committed, version: "1.0.1", runType: "TRAINING" };
  const dir = await aFolder({
    "main.py": `print('${JSON.stringify(declared)}')`,
    "plugin.json": formatManifest(committed),
    "conformance/job.json": "{}",
  });
  const report = await runConformance(dir, GRACE_MS);
  expect(failedIn(report)).toContain("declared");
  expect(report.checks.find((check) => check.id === "declared")?.detail).toContain("differ in version, runType;");
  expect(report.checks.find((check) => check.id === "declared")?.detail).toContain(`--write ${dir}`);
});

test.concurrent("a service is told to stop and must come to a result", async () => {
  const manifest = { ...MANIFEST, kind: "service" };
  const fixture = { ...FIXTURE, serviceSeconds: 0.3 };
  const stopped = `trap 'exit 0' TERM; ${HELLO}; ${MAKE}; while read -r line; do case $line in *cancel*) ${OUTPUT}; ${RESULT}; exit 0;; esac; done`;
  expect(failedIn(await reportOn(stopped, { manifest, fixture }))).toEqual([]);
  expect(failedIn(await reportOn(`${HELLO}; ${MAKE}; exec sleep 20`, { manifest, fixture, graceMs: 500 }))).toContain(
    "good-job",
  );
});

test.concurrent.each([
  ["job.seed", "pass"],
  ["Number(process.env.CLEW_SEED)", "fail"],
])("a process before its job knows of it what its host has said: %s is a %s", async (seed, status) => {
  const dir = await aPackageFolder({
    "conformance/job.json": JSON.stringify({ inputs: {}, parameters: {}, seed: 7 }),
    "src/main.ts": `
      import { z } from "zod";
      import { definePlugin, servePlugin } from "@clew/plugin-sdk";
      await servePlugin(definePlugin({
        name: "sample", version: "1.0.0", description: "For tests.", runType: "TRAINING", prestart: true,
        inputs: {}, outputs: {}, parameters: z.object({}),
        run: async (job) => {
          if (${seed} !== job.seed) throw new Error("no seed");
        },
      }));`,
    "plugin.json": JSON.stringify(
      aManifest({ runType: "TRAINING", outputs: {}, runtime: { type: "node", entry: "src/main.ts", prestart: true } }),
    ),
  });
  const { checks } = await runConformance(dir, GRACE_MS);
  expect(checks.find(({ id }) => id === "good-job")?.status).toBe("pass");
  expect(checks.find(({ id }) => id === "prestart")?.status).toBe(status);
});
