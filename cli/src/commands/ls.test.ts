import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answering, type Asked, clewIn, page } from "../program.fixture.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "clew-cli-"));
});
afterEach(() => rmSync(dir, { recursive: true }));
const clew = (...args: string[]) => clewIn(dir, ...args);

const asset = (key: string) => ({
  id: `Model:${key}`,
  key,
  latestVersion: 3,
  createdAt: "2026-01-31T12:00:00.000Z",
  aliases: [],
  tags: [],
});

/** A list's field in GraphQL, where it is called otherwise. */
const FIELDS: Readonly<Record<string, string>> = {
  "dataset-versions": "datasetVersions",
  "model-versions": "modelVersions",
  "code-versions": "codeVersions",
  repositories: "codeRepositories",
  "hyperparameter-sets": "hyperparameterSets",
  environments: "environments",
  agents: "agents",
};

describe("ls", () => {
  it("asks page by page, with the token of the data folder, for as many as wanted", async () => {
    writeFileSync(join(dir, "admin.token"), "secret\n");
    const many = Array.from({ length: 500 }, (_, at) => asset(`n/m${at}`));
    using server = await answering(page("models", many, "cursor-1"), page("models", [asset("n/last")], "cursor-2"));
    const { out } = await clew("--url", server.url, "ls", "models", "--first", "501", "--json");
    expect((JSON.parse(out) as unknown[]).length).toBe(501);
    expect(server.asked.map(({ variables }) => variables)).toEqual([
      { first: 500, after: null },
      { first: 1, after: "cursor-1" },
    ]);
    expect(server.asked.at(0)?.authorization).toBe("Bearer secret");
  });

  it("aligns columns and says that there are more", async () => {
    const told = {
      aliases: [{ alias: "production", version: { key: "n/a@2" } }],
      tags: [{ key: "team", value: "red" }],
    };
    using server = await answering(page("models", [{ ...asset("n/a"), ...told }, asset("n/longer")], "more"));
    const { out } = await clew("--url", server.url, "ls", "--first", "2", "--tag", "team=red");
    expect(server.asked.at(0)?.variables).toMatchObject({ tags: [{ key: "team", value: "red" }] });
    expect(out.split("\n")).toEqual([
      "key       versions  created               aliases       tags",
      "n/a              3  2026-01-31 12:00:00Z  production=2  team=red",
      "n/longer         3  2026-01-31 12:00:00Z",
      "there are more: --first 4",
    ]);
  });

  it("shows of a report what it is about, and its verdict", async () => {
    const about = [{ role: "model", node: { __typename: "ModelVersion", id: "ModelVersion:1", key: "n/m@1" } }];
    const report = { id: "Report:1", namespace: "n", reportType: "EVALUATION", verdict: "FAIL", about };
    using server = await answering(page("reports", [{ ...report, createdAt: "2026-01-31T12:00:00.000Z" }]));
    const { out } = await clew("--url", server.url, "ls", "reports", "--namespace", "n", "--tag", "team=red");
    expect(server.asked.at(0)?.variables).toMatchObject({ namespace: "n", tags: [{ key: "team", value: "red" }] });
    expect(out.split("\n")).toEqual([
      "id        namespace  type        verdict  about          created",
      "Report:1  n          EVALUATION  FAIL     n/m@1 (model)  2026-01-31 12:00:00Z",
    ]);
  });

  it.each<[string, string[], Record<string, unknown>]>([
    [
      "runs",
      ["--namespace", "n", "--tag", "team=red", "--name", "night"],
      { namespace: "n", tags: [{ key: "team", value: "red" }], nameContains: "night" },
    ],
    [
      "runs",
      ["--state", "failed,CANCELLED", "--type", "training", "--kind", "task"],
      { states: ["FAILED", "CANCELLED"], runTypes: ["TRAINING"], kinds: ["TASK"] },
    ],
    [
      "runs",
      ["--plugin", "train", "--agent", "ada", "--triggered-by", "Alert:1"],
      { plugin: "train", agent: "ada", triggeredBy: "Alert:1" },
    ],
    [
      "runs",
      ["--since", "2026-01-31", "--until", "2026-02-01T12:00:00Z", "--order", "oldest"],
      { since: "2026-01-31T00:00:00.000Z", until: "2026-02-01T12:00:00.000Z", orderBy: "OLDEST" },
    ],
    [
      "reports",
      ["--type", "drift", "--verdict", "not-enough-data", "--about", "n/m@1", "--run", "Run:1", "--plugin", "p"],
      { reportTypes: ["DRIFT"], verdicts: ["NOT_ENOUGH_DATA"], about: "n/m@1", run: "Run:1", plugin: "p" },
    ],
    [
      "alerts",
      ["--state", "open", "--severity", "critical", "--about", "Run:1", "--agent", "ada"],
      { states: ["OPEN"], severities: ["CRITICAL"], about: "Run:1", agent: "ada" },
    ],
    [
      "decisions",
      ["--type", "approval", "--about", "n/m@1", "--agent", "ada"],
      { decisionTypes: ["APPROVAL"], about: "n/m@1", agent: "ada" },
    ],
    [
      "deployments",
      ["--state", "active", "--of", "n/live", "--agent", "ada"],
      { states: ["ACTIVE"], endpoint: "n/live", agent: "ada" },
    ],
    ["endpoints", ["--agent", "ada"], { agent: "ada" }],
    ["datasets", ["--name", "a", "--since", "2026-01-31"], { nameContains: "a", since: "2026-01-31T00:00:00.000Z" }],
    ["dataset-versions", ["--of", "n/d", "--agent", "ada"], { dataset: "n/d", agent: "ada" }],
    ["model-versions", ["--of", "n/m", "--state", "approved"], { model: "n/m", states: ["APPROVED"] }],
    ["code-versions", ["--of", "n/r", "--agent", "ada"], { repository: "n/r", agent: "ada" }],
    ["repositories", ["--name", "a"], { nameContains: "a" }],
    ["hyperparameter-sets", ["--tag", "a=b"], { tags: [{ key: "a", value: "b" }] }],
    ["environments", ["--order", "oldest"], { orderBy: "OLDEST" }],
    ["agents", ["--kind", "service", "--name", "a"], { kinds: ["SERVICE"], nameContains: "a" }],
    ["runners", ["--name", "a"], { nameContains: "a" }],
    ["plugins", ["--name", "a"], { nameContains: "a" }],
  ])("asks for some %s only: %j", async (what, flags, variables) => {
    const field = FIELDS[what] ?? what;
    using server = await answering(page(field, []));
    expect(await clew("--url", server.url, "ls", what, ...flags)).toMatchObject({ out: `no ${what}`, err: "" });
    const [{ query, variables: asked }] = server.asked as [Asked];
    expect(asked).toEqual({ first: 50, after: null, ...variables });
    for (const name of Object.keys(variables)) expect(query).toContain(`${name}: $${name}`);
  });

  it.each<[string[], string]>([
    [["runs", "--verdict", "FAIL"], "runs are not listed by --verdict: leave it out"],
    [["runners", "--namespace", "n"], "runners are not listed by --namespace: leave it out"],
    [["models", "--triggered-by", "Run:1"], "models are not listed by --triggered-by: leave it out"],
    [["tokens", "--since", "2026-01-31"], "tokens are not listed by --since: leave it out"],
    [
      ["runs", "--state", "OPEN"],
      "--state is one of QUEUED, LEASED, RUNNING, SUCCEEDED, FAILED, CANCELLED, and not OPEN",
    ],
    [["runs", "--since", "yesterday"], "It must look like 2026-01-31"],
  ])("refuses what it would not find by: %j", async (args, why) => {
    using server = await answering(page("runs", []));
    const { status, err } = await clew("--url", server.url, "ls", ...args);
    expect(err).toContain(why);
    expect([status, server.asked]).toEqual([2, []]);
  });

  it("shows versions, settings, code and agents", async () => {
    const createdAt = "2026-01-31T12:00:00.000Z";
    const digest = `sha256:${"ab".repeat(32)}`;
    const lines = async (what: string, node: object) => {
      using server = await answering(page(FIELDS[what]!, [{ createdAt, ...node }]));
      return (await clew("--url", server.url, "ls", what)).out
        .split("\n")
        .map((line) => line.replaceAll(/ {2,}/g, " | "));
    };
    const said = { digest, aliases: [{ alias: "best" }], tags: [{ key: "team", value: "red" }] };
    expect(await lines("dataset-versions", { ...said, key: "n/d@1", rows: 12_000, sizeBytes: 2048 })).toEqual([
      "key | rows | size | digest | created | aliases | tags",
      "n/d@1 | 12,000 | 2.0 kB | abababababab | 2026-01-31 12:00:00Z | best | team=red",
    ]);
    expect(await lines("model-versions", { ...said, key: "n/m@1", state: "APPROVED", format: "onnx" })).toEqual([
      "key | state | format | digest | created | aliases | tags",
      "n/m@1 | APPROVED | onnx | abababababab | 2026-01-31 12:00:00Z | best | team=red",
    ]);
    expect(
      await lines("hyperparameter-sets", { id: "HyperparameterSet:1", digest, parameters: { epochs: 3 } }),
    ).toEqual([
      "id | digest | created | parameters",
      'HyperparameterSet:1 | abababababab | 2026-01-31 12:00:00Z | {"epochs":3}',
    ]);
    expect((await lines("environments", { id: "Environment:1", digest, values: { os: "x".repeat(200) } }))[1]).toMatch(
      /\{"os":"x+…$/,
    );
    expect((await lines("repositories", { namespace: "n", name: "r", url: null }))[1]).toBe(
      "n/r | 2026-01-31 12:00:00Z",
    );
    const code = { id: "CodeVersion:1", namespace: "n", name: "r", commit: "c0ffee".repeat(7), dirtyDigest: digest };
    expect((await lines("code-versions", { ...code, attributedTo: { id: "Agent:1", name: "ada" } }))[1]).toBe(
      "CodeVersion:1 | n/r | c0ffeec0ffee with changes | 2026-01-31 12:00:00Z | ada",
    );
    expect((await lines("agents", { id: "Agent:1", name: "ada", kind: "USER" }))[1]).toBe(
      "Agent:1 | ada | USER | 2026-01-31 12:00:00Z",
    );
  });

  it("says that there are none", async () => {
    using server = await answering(page("runs", []));
    expect((await clew("--url", server.url, "ls", "runs")).out).toBe("no runs");
  });
});

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
    expect([status, err]).toEqual([2, expect.stringContaining(`are not listed by ${flag}`)]);
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
