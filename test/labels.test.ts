import { newInferenceId, subjects } from "@clew/schema";
import { RecordLabelsDocument, type RecordLabelsMutationVariables } from "@clew/schema/graphql";
import { expect, onTestFinished, test } from "vitest";
import { aClew } from "./support/clew-on-nats.ts";
import { startTestServer, unique } from "./support/server.ts";
import { aDeployedEndpoint, aServingRunner } from "./support/watcher.ts";

const NATS = process.env["CLEW_TEST_NATS_URL"] ?? "";
const AT = "2026-11-24T09:12:00.000Z";

type Labels = RecordLabelsMutationVariables["input"]["labels"];

async function aLabelled() {
  const clew = await aClew();
  const { server } = clew;
  const endpoint = await aDeployedEndpoint(server);
  const space = subjects(clew.natsPrefix);
  const stream = await aServingRunner(NATS, space, endpoint.id);
  const record = async (labels: Labels, idempotencyKey?: string, token?: string) =>
    await server.gql(
      RecordLabelsDocument,
      { input: { endpoint: endpoint.key, labels }, ...(idempotencyKey !== undefined && { idempotencyKey }) },
      token,
    );
  const label = (value: unknown, row?: number) => ({
    inference: endpoint.inference(),
    value,
    at: AT,
    ...(row !== undefined && { row }),
  });
  return { ...clew, endpoint, record, label, space, stream, stored: () => stream.labelsStored() };
}

test("labels of every kind are stored in their order when they are answered, and are no facts", async () => {
  const { server, record, label, stored } = await aLabelled();
  const before = await server.ledgerSize();
  const labels = [label(true), label(1.5, 7), label("late"), label(null), label(0, 0)];
  const { data, text } = await record(labels);
  expect(data?.recordLabels, text).toEqual({ stored: 5, userErrors: [] });
  expect(await stored()).toEqual(labels.map((one) => ({ row: 0, ...one })));
  expect(await server.ledgerSize()).toBe(before);
});

test("a repetition is stored once, other labels under the same key are not taken for it", async () => {
  const { record, label, stored } = await aLabelled();
  const [one, two] = [label(1), label(2)];
  for (const _ of [1, 2]) expect((await record([one], "k")).data?.recordLabels.stored).toBe(1);
  expect(await stored()).toHaveLength(1);
  await record([two], "k");
  await record([one], "another key");
  await record([one]);
  expect((await stored()).map(({ value }) => value)).toEqual([1, 2, 1, 1]);
});

test("what is too much for one message of NATS goes as several, and a repetition is still stored once", async () => {
  const { record, label, stored } = await aLabelled();
  // 1,000 labels of 255 characters of 4 bytes each are above 1 MiB.
  const labels = Array.from({ length: 1_000 }, (_, row) => label("\u{1F9F6}".repeat(127), row));
  for (const _ of [1, 2]) expect((await record(labels, "large")).data?.recordLabels.stored).toBe(1_000);
  expect((await stored()).map(({ row }) => row)).toEqual(labels.map(({ row }) => row));
});

test("labels of no inference, or of another endpoint's, are refused by their places, and none is kept", async () => {
  const { server, endpoint, record, label, stored } = await aLabelled();
  const other = await aDeployedEndpoint(server);
  const nowhere = newInferenceId({ deployment: "Deployment:00000000000000000000000000000000", place: 0, at: 1 });
  const inferences = ["what?", other.inference(), nowhere, endpoint.deployment];
  const { data } = await record([label(1), ...inferences.map((inference) => ({ ...label(1), inference })), label(2)]);
  expect(data?.recordLabels).toEqual({
    stored: null,
    userErrors: [
      { code: "INVALID_INPUT", path: ["labels", "1", "inference"], message: "what? is no inference's id" },
      ...[other.inference, nowhere].map((_, index) => ({
        code: "UNKNOWN_NODE",
        path: ["labels", String(index + 2), "inference"],
        message: expect.stringContaining(`is no inference of ${endpoint.key}`) as string,
      })),
      { code: "INVALID_INPUT", path: ["labels", "4", "inference"], message: expect.any(String) as string },
    ],
  });
  expect(await stored()).toEqual([]);
});

test.each([
  ["no labels", () => []],
  ["more than 1,000", (label: object) => Array(1_001).fill(label)],
  ["a value that is an object", (label: object) => [{ ...label, value: { a: 1 } }]],
  ["a text of more than 255 characters", (label: object) => [{ ...label, value: "x".repeat(256) }]],
  ["a row before the first", (label: object) => [{ ...label, row: -1 }]],
])("%s: refused as INVALID_INPUT, and none is kept", async (_, labels) => {
  const { record, label, stored } = await aLabelled();
  const { data } = await record(labels(label(1)) as Labels);
  expect(data?.recordLabels).toMatchObject({ stored: null, userErrors: [{ code: "INVALID_INPUT" }] });
  expect(await stored()).toEqual([]);
});

test("labels are for contributors of the endpoint's namespace; who may not read it hears of no endpoint", async () => {
  const { server, endpoint, record, label, stored } = await aLabelled();
  const viewer = await server.tokenFor({ [endpoint.namespace]: ["VIEWER"] });
  expect((await record([label(1)], "k", viewer)).errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
  const stranger = await server.tokenFor({ [unique("elsewhere")]: ["CONTRIBUTOR"] });
  const { data } = await record([label(1)], "k", stranger);
  expect(data?.recordLabels.userErrors).toMatchObject([{ code: "UNKNOWN_NODE", path: ["endpoint"] }]);
  expect(await stored()).toEqual([]);
  const contributor = await server.tokenFor({ [endpoint.namespace]: ["CONTRIBUTOR"] });
  expect((await record([label(1)], "k", contributor)).data?.recordLabels.stored).toBe(1);
});

test("without NATS labels are refused as OBSERVATIONS_UNAVAILABLE, which may be tried again", async () => {
  const server = await startTestServer();
  onTestFinished(() => server.stop());
  const endpoint = await aDeployedEndpoint(server);
  const labels = [{ inference: endpoint.inference(), value: 1, at: AT }];
  const { errors } = await server.gql(RecordLabelsDocument, { input: { endpoint: endpoint.key, labels } });
  expect(errors).toMatchObject([{ extensions: { code: "OBSERVATIONS_UNAVAILABLE", retryable: true } }]);
});
