import type { Prediction } from "@clew/plugin-sdk";
import type { Batch } from "@clew/plugin-models";
import { expect, test } from "vitest";
import { AnswerInference } from "./answer-inference.ts";
import { PredictionLog } from "./prediction-log.ts";
import { Revisions } from "./revision.ts";
import { Shadows } from "./shadows.ts";

const HOUR = { name: "hour", datatype: "INT64", width: 1, takesMissing: true } as const;
const REQUEST = { inputs: [{ name: "hour", datatype: "INT64", shape: [1], data: [7] }] };

const served = (id: string, mode: "LIVE" | "SHADOW") => {
  return { model: { id, key: `tests/${id}@1` }, weight: 100, mode, isSuspended: false };
};

/** An endpoint whose model `slow` answers when it is let; `disposed` are the models that were let go. */
async function anEndpoint() {
  const disposed: string[] = [];
  let letAnswer: (() => void) | null = null;
  const revisions = new Revisions(async ({ model: { id } }) => {
    const predict = async ({ rows }: Batch): Promise<Batch> => {
      if (id === "slow") await new Promise<void>((resolve) => (letAnswer = resolve));
      if (disposed.includes(id)) throw new Error("it was let go");
      return { rows, tensors: new Map([["late", [true]]]) };
    };
    const dispose = () => void disposed.push(id);
    const outputs = [{ name: "late", datatype: "BOOL", width: 1 }] as const;
    return { model: { platform: "test", inputs: [HOUR], outputs, predict, dispose }, check: null };
  });
  const predictions: Prediction[] = [];
  const job = { predictions: (said: readonly Prediction[]) => void predictions.push(...said), drained: async () => {} };
  const log = new PredictionLog({ job: { ...job, log: console } as never, fraction: 1, waitingMax: 100 });
  const shadows = new Shadows(log);
  const inference = new AnswerInference({ revisions, log, shadows });
  return {
    disposed,
    isSlowAsked: () => letAnswer !== null,
    answerSlow: () => letAnswer?.(),
    deploy: async (id: string, shadow: readonly string[] = []) =>
      await revisions.take({
        id: `Deployment:${id}`,
        key: "tests/delay@1",
        serves: [served(id, "LIVE"), ...shadow.map((other) => served(other, "SHADOW"))],
      } as never),
    ask: () =>
      inference.answer({
        name: "delay",
        version: undefined,
        stickyKey: undefined,
        body: async () => Buffer.from(JSON.stringify(REQUEST)),
        jsonBytes: undefined,
      }),
    /** All that was passed on. */
    async passedOn() {
      await shadows.stop();
      await log.stop();
      return predictions;
    },
  };
}

test("a request is answered by the model that it began with, which stays in memory until then, while another takes over", async () => {
  const { deploy, ask, answerSlow, disposed, passedOn } = await anEndpoint();
  await deploy("slow");
  const begun = ask();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await deploy("next");
  const { body: second } = await ask();
  expect(JSON.parse(String(second))).toMatchObject({ model_version: "next@1" });
  expect(disposed).toEqual([]);
  answerSlow();
  const { body: first } = await begun;
  expect(JSON.parse(String(first))).toMatchObject({ model_version: "slow@1", outputs: [{ data: [true] }] });
  expect(disposed).toEqual(["slow"]);
  const said = (await passedOn()).map(({ deployment, model, error }) => ({ deployment, model, error }));
  expect(said).toEqual([
    { deployment: "Deployment:next", model: "next", error: null },
    { deployment: "Deployment:slow", model: "slow", error: null },
  ]);
});

test("what a shadow is at work on when the service ends is waited for and passed on", async () => {
  const { deploy, ask, isSlowAsked, answerSlow, passedOn } = await anEndpoint();
  await deploy("quick", ["slow"]);
  await ask();
  await expect.poll(isSlowAsked).toBe(true);
  const said = passedOn();
  await new Promise((resolve) => setTimeout(resolve, 20));
  answerSlow();
  expect((await said).map(({ model, mode, error }) => ({ model, mode, error }))).toEqual([
    { model: "quick", mode: "LIVE", error: null },
    { model: "slow", mode: "SHADOW", error: null },
  ]);
});
