import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { aWorkshop } from "../../tabular/test/workshop.ts";
import { aRequest, aService } from "../test/service.ts";

const TRAINERS = {
  "train-tfjs": "tfjs-layers",
  "train-xgboost": "xgboost-json",
  "train-online": "tfjs-layers",
} as const;
type Trainer = keyof typeof TRAINERS;

/** A model of the trainer's own fixture: the folder that it lies in, and its signature. */
async function trainedBy(trainer: Trainer) {
  const first = trainer === "train-online" ? "train-tfjs" : trainer;
  const fixture = fileURLToPath(new URL(`../../${first}/conformance`, import.meta.url));
  const workshop = await aWorkshop();
  const join_ = [await workshop.dataset("tests/join-0@1", `${fixture}/ports`)];
  const inputs = { data: [await workshop.dataset("tests/data@1", `${fixture}/data`)], join: join_ };
  const { parameters } = JSON.parse(await readFile(join(fixture, "job.json"), "utf8")) as { parameters: object };
  let made = await workshop.run(first, { ...parameters }, inputs);
  const { signature } = madeBy(made);
  if (trainer === "train-online") {
    const rows = "at,port,hour,load,holiday,late,delay\n2024-03-01,Z,30,60,true,1,3\n";
    const data = [await workshop.dataset("tests/data@2", { "c.csv": rows })];
    const model = [{ ...(await made.as("ModelVersion", "tests/model@1", "model")), signature }];
    made = await workshop.run("train-online", { backend: "wasm" }, { model, data, join: join_ });
  }
  return { dir: made.path("model"), signature: madeBy(made).signature };
}

function madeBy({ outcome }: Awaited<ReturnType<Awaited<ReturnType<typeof aWorkshop>>["run"]>>) {
  const output = outcome.outputs[0]?.output;
  if (output?.nodeType !== "ModelVersion") throw new Error(JSON.stringify(outcome));
  return output;
}

async function served(trainer: Trainer) {
  const { dir, signature } = await trainedBy(trainer);
  const service = await aService();
  await cp(dir, join(service.work, "in/trained"), { recursive: true });
  const files = await readdir(dir);
  const wanted = { key: "tests/trained@1", format: TRAINERS[trainer], dir: "trained", files, signature };
  expect(await service.deploy(wanted)).toMatchObject({ failure: null });
  return service;
}

const asking = (changed: Record<string, unknown>) => ({
  inputs: aRequest(1).inputs.map((input) =>
    input.name in changed ? { ...input, data: [changed[input.name]] } : input,
  ),
});

test.each(Object.keys(TRAINERS) as Trainer[])(
  "what the training's rows were not like is flagged in requests to a model of %s, and answered",
  async (trainer) => {
    const { infer, predictions, logs } = await served(trainer);
    expect(logs.join()).not.toContain("is not checked");
    const asked = [{}, { port: "Y", hour: 99, load: null, holiday: null }, { port: "Z", hour: 30 }];
    for (const changed of asked) expect((await infer(asking(changed))).status).toBe(200);
    await expect.poll(() => predictions).toHaveLength(asked.length);
    const found = predictions.map(({ anomalies = [] }) =>
      anomalies.map(({ severity, type, column }) => `${severity} ${column} ${type}`).toSorted(),
    );
    const [port, hour] = ["WARNING port ENUM_TYPE_UNEXPECTED_STRING_VALUES", "WARNING hour INT_TYPE_BIG_INT"];
    expect(found[0]).toEqual([]);
    expect(found[1]).toEqual(["ERROR holiday FEATURE_TYPE_LOW_FRACTION_PRESENT", hour, port]);
    // The rows that train-online went on with had these.
    expect(found[2]).toEqual(trainer === "train-online" ? [] : [hour, port]);
  },
  60_000,
);
