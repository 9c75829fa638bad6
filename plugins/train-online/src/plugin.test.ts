import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runConformance } from "@clew/plugin-sdk/host";
import { aWorkshop } from "../../tabular/test/workshop.ts";

const DIR = fileURLToPath(new URL("..", import.meta.url));
const TRAINED = fileURLToPath(new URL("../../train-tfjs/conformance", import.meta.url));

test.each(["binary", "regression"])(
  "a net of train-tfjs goes on, and is evaluated as before: %s",
  async (task) => {
    const workshop = await aWorkshop();
    const join = [await workshop.dataset("tests/join-0@1", `${TRAINED}/ports`)];
    const data = [await workshop.dataset("tests/data@1", `${TRAINED}/data`)];
    const fixture = JSON.parse(await readFile(`${TRAINED}/job.json`, "utf8")) as {
      parameters: Record<string, unknown>;
    };
    const number = {
      task,
      target: "delay",
      forbidden: ["late"],
      sql: "SELECT d.at, d.port, d.hour, d.load, d.holiday, d.delay, p.gates FROM data d LEFT JOIN join_0 p ON p.port = d.port",
    };
    const asked = { ...fixture.parameters, ...(task === "regression" && number) };
    const trained = await workshop.run("train-tfjs", asked, { data, join });
    const before = [await trained.as("ModelVersion", "tests/model@1", "model")];
    const parameters = { timeColumn: "at", batchSize: 32, reportRows: 100, backend: "wasm" };
    const { outcome, metrics, as } = await workshop.run("train-online", parameters, { model: before, data, join });
    const [made] = outcome.outputs;
    if (made?.output.nodeType !== "ModelVersion") throw new Error(JSON.stringify(outcome));
    const named = made.files.map((file) => file.path);
    expect(named).toEqual([
      "data-schema.json",
      "model.json",
      "online.bin",
      "online.json",
      "pipeline.json",
      "weights.bin",
    ]);
    const gates = {
      column: "gates",
      via: "IDENTITY",
      from: [{ input: "join", dataset: "tests/join-0", column: "gates" }],
    };
    expect(made.output.columnLineage).toContainEqual(expect.objectContaining(gates));
    const error = task === "binary" ? "log_loss" : "rmse";
    expect(Object.keys(metrics)).toEqual(expect.arrayContaining([`prequential_${error}`, `start_${error}`]));
    expect(made.output.metrics).toMatchObject({ rows: 600, rows_in_life: 600 });
    const model = [await as("ModelVersion", "tests/model@2", "model")];
    const judging = { resamples: 50, backend: "wasm" };
    const judged = (await workshop.run("evaluate-tabular", judging, { model, data, join })).outcome;
    expect(judged, JSON.stringify(judged)).toMatchObject({ outcome: "result" });
  },
  60_000,
);

test("it passes the conformance kit", async () => {
  const report = await runConformance(DIR);
  expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
}, 120_000);
