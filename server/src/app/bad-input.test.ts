import { sha256 } from "@clew/schema";
import {
  type PublishDatasetVersionInput,
  PublishDatasetVersionDocument,
  type RecordHyperparameterSetInput,
} from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aDataset, aModel, anArtifact, aRun } from "../../../test/support/builders.ts";
import { refusal } from "../../../test/support/refusals.ts";
import { bearer, readAnswer } from "../../../test/support/answer.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";

const NOWHERE = "DatasetVersion:00000000000000000000000000000000";
const RECORD = `mutation Record($input: RecordHyperparameterSetInput!) {
  recordHyperparameterSet(input: $input) {
    hyperparameterSet { id digest parameters }
    userErrors { code path message }
    ledgerSeq
  }
}`;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const publish = (input: Partial<PublishDatasetVersionInput>) =>
  server.gql(PublishDatasetVersionDocument, { input: { namespace: "tests", name: unique("dataset"), ...input } });

describe("a name", () => {
  test.each(["a/b/c", "s3:bucket:key", "тренировка", "🧶 ball of thread", "100% of it_all\\", "constructor"])(
    "is kept exactly and found by its key: %s",
    async (label) => {
      const name = `${label} ${unique("n")}`;
      await aDataset(server, { name });
      const text = `query Find($key: String!, $namePart: String!) {
        dataset(key: $key) { name key }
        datasets(nameContains: $namePart) { nodes { name } }
      }`;
      const { data } = await server.gql(text, { key: `tests/${name}`, namePart: name });
      expect(data).toEqual({ dataset: { name, key: `tests/${name}` }, datasets: { nodes: [{ name }] } });
    },
  );

  test.each([
    ["a zero byte", "a\u0000b"],
    ["a line break", "a\nb"],
    ["a lone surrogate", "a\ud800b"],
    ["10,000 characters", "x".repeat(10_000)],
    ["no characters", ""],
    ["an @", "name@3"],
  ])("with %s is refused", async (_, name) => {
    const files = [await anArtifact(server)];
    expect(await refusal(server, () => publish({ name, files }))).toMatchObject({
      code: "INVALID_INPUT",
      path: ["name"],
      grown: 0,
    });
  });

  test("of a namespace may be one that every object has", async () => {
    const { key } = await aDataset(server, { namespace: "constructor" });
    const { data } = await server.gql("query A($key: String!) { datasetVersion(key: $key) { namespace } }", { key });
    expect(data.datasetVersion).toEqual({ namespace: "constructor" });
  });

  test.each(["Tests", "a b", "../etc", "", "é"])("of a namespace is refused: %s", async (namespace) => {
    const files = [await anArtifact(server)];
    expect(await refusal(server, () => publish({ namespace, files }))).toMatchObject({
      code: "INVALID_INPUT",
      path: ["namespace"],
      grown: 0,
    });
  });
});

describe("the files of a version", () => {
  test("must be in the artifact store", async () => {
    const digest = sha256(unique("nothing has this"));
    const refused = await refusal(server, () => publish({ files: [{ path: "a", digest, sizeBytes: 1 }] }));
    expect(refused).toMatchObject({ code: "FILE_MISSING", path: ["files", "0", "digest"], grown: 0 });
    expect(refused.message).toContain(digest);
  });

  test("have the size that is stated", async () => {
    const file = await anArtifact(server);
    const files = [{ ...file, sizeBytes: file.sizeBytes + 1 }];
    const path = ["files", "0", "sizeBytes"];
    expect(await refusal(server, () => publish({ files }))).toMatchObject({ code: "INVALID_INPUT", path, grown: 0 });
  });

  test("cannot be uploaded under another digest", async () => {
    const digest = sha256("what was meant");
    const before = await server.ledgerSize();
    const headers = { ...bearer(server.adminToken), "content-type": "application/octet-stream" };
    const response = await fetch(`${server.url}/artifacts/${digest}`, {
      method: "PUT",
      headers,
      body: "what was sent",
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ error: { code: "DIGEST_MISMATCH" } });
    expect((await fetch(`${server.url}/artifacts/${digest}`, { headers })).status).toBe(404);
    expect(await server.ledgerSize()).toBe(before);
  });

  test("have a path each, in datasets and in models", async () => {
    const file = await anArtifact(server);
    const files = [file, await anArtifact(server, undefined, "other"), file];
    const refused = { code: "INVALID_INPUT", grown: 0, message: "two files have the same path" };
    expect(await refusal(server, () => publish({ files }))).toEqual({ ...refused, path: ["files", "2", "path"] });
    await expect(aModel(server, { files })).rejects.toThrow(/"outputs","0","modelVersion","files","2","path"/);
  });

  test.each(["../secret", "/etc/passwd", "a/../../b", "a//b", "./a", "a\\b", "a\u0000b", ""])(
    "have a path inside the version, not %s",
    async (path) => {
      const files = [await anArtifact(server, undefined, path)];
      const at = { code: "INVALID_INPUT", path: ["files", "0", "path"], grown: 0 };
      expect(await refusal(server, () => publish({ files }))).toMatchObject(at);
    },
  );

  test("are at most 2,000 in one mutation", async () => {
    const file = await anArtifact(server);
    const files = Array.from({ length: 2001 }, (_, n) => ({ ...file, path: `part-${n}` }));
    const at = { code: "INVALID_INPUT", path: ["files"], grown: 0 };
    expect(await refusal(server, () => publish({ files }))).toMatchObject(at);
    const { data } = await publish({ files: files.slice(1) });
    expect(data.publishDatasetVersion.datasetVersion).toMatchObject({ fileCount: 2000 });
  });
});

describe("a version's sources", () => {
  test.each([
    ["names nothing", () => Promise.resolve(NOWHERE), "UNKNOWN_NODE", ["derivedFrom", "0"]],
    ["is neither id nor key", () => Promise.resolve("x"), "UNKNOWN_NODE", ["derivedFrom", "0"]],
    ["is empty", () => Promise.resolve(""), "INVALID_INPUT", ["derivedFrom", "0"]],
    ["is a model", async () => (await aModel(server)).id, "WRONG_TYPE", ["derivedFrom", "0"]],
    ["is a run", async () => (await aRun(server)).id, "WRONG_TYPE", ["derivedFrom", "0"]],
  ])("are refused when one %s", async (_, makeId, code, path) => {
    const files = [await anArtifact(server)];
    const derivedFrom = [await makeId()];
    expect(await refusal(server, () => publish({ files, derivedFrom }))).toMatchObject({ code, path, grown: 0 });
  });

  test("cannot lead back to it: A from B from A", async () => {
    const [a, b] = [await anArtifact(server), await anArtifact(server)];
    const name = unique("circle");
    const first = await aDataset(server, { name, files: [a] });
    const second = await aDataset(server, { name, files: [b], derivedFrom: [first.id] });
    const back = await refusal(server, () => publish({ name, files: [a], derivedFrom: [second.id] }));
    expect(back).toMatchObject({ code: "VERSION_CONFLICT", path: ["derivedFrom"], grown: 0 });
    const itself = await refusal(server, () => publish({ name, files: [a], derivedFrom: [first.id] }));
    expect(itself).toMatchObject({ code: "LINEAGE_CYCLE", path: ["derivedFrom"], grown: 0 });
  });

  test("cannot lead back to it when both arrive at once", async () => {
    const [a, b] = [await anArtifact(server), await anArtifact(server)];
    // The ids follow from the content, so that each can be named before it is there.
    const other = await startTestServer();
    const name = unique("circle");
    const ids = [];
    for (const file of [a, b]) {
      const bytes = await fetch(`${server.url}/artifacts/${file.digest}`, { headers: bearer(server.adminToken) });
      await anArtifact(other, new Uint8Array(await bytes.arrayBuffer()));
      ids.push((await aDataset(other, { name, files: [file] })).id);
    }
    await other.stop();
    const [idA, idB] = ids as [string, string];
    const answers = await Promise.all([
      publish({ name, files: [a], derivedFrom: [idB] }),
      publish({ name, files: [b], derivedFrom: [idA] }),
    ]);
    const codes = answers.map(({ data }) => data.publishDatasetVersion.userErrors[0]?.code);
    expect(codes).toEqual(["UNKNOWN_NODE", "UNKNOWN_NODE"]);
  });
});

describe("JSON in parameters", () => {
  const record = (parameters: unknown) =>
    server.gql(RECORD, { input: { parameters } satisfies RecordHyperparameterSetInput });
  /** Sends the parameters as this very text. */
  const recordText = async (parameters: string) =>
    readAnswer<Awaited<ReturnType<typeof record>>["data"]>(
      await fetch(`${server.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...bearer(server.adminToken) },
        body: `{"query": ${JSON.stringify(RECORD)}, "variables": {"input": {"parameters": ${parameters}}}}`,
      }),
    );

  test.each([
    '{"__proto__":{"polluted":true},"a":1}',
    '{"constructor":{"prototype":{"polluted":true}},"toString":1}',
    '{"deep":{"__proto__":{"a":[{"__proto__":null}]}}}',
    '{"big":{"$int64":"9007199254740993"},"loss":{"$number":"NaN"}}',
    '{"whole":9007199254740992,"huge":1e+300,"tiny":5e-324,"minus":-0.1}',
    '{"text":"\\u0000 🧶 \\\\ \\" \u2028"}',
  ])("is kept exactly: %s", async (text) => {
    const { data } = await recordText(text);
    expect(data.recordHyperparameterSet.userErrors).toEqual([]);
    expect(JSON.stringify(data.recordHyperparameterSet.hyperparameterSet.parameters)).toBe(compact(text));
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    const { id } = data.recordHyperparameterSet.hyperparameterSet;
    const again = await server.gql("query A($id: ID!) { node(id: $id) { ... on HyperparameterSet { parameters } } }", {
      id,
    });
    expect(JSON.stringify(again.data.node.parameters)).toBe(compact(text));
  });

  test("with different prototype keys is another set", async () => {
    const [one, two] = await Promise.all(['{"__proto__":1}', '{"__proto__":2}'].map(recordText));
    const id = (answer = one) => answer?.data.recordHyperparameterSet.hyperparameterSet.id;
    expect(id(one)).not.toBe(id(two));
  });

  test("is refused when a whole number would lose digits", async () => {
    const before = await server.ledgerSize();
    const answer = await recordText('{"seed": 9007199254740993}');
    expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([400, "INVALID_INPUT"]);
    expect(answer.errors[0]?.message).toMatch(/seed: 9007199254740993 .*\$int64/);
    const literal = RECORD.replace("$input: RecordHyperparameterSetInput!", "$x: Int").replace(
      "$input",
      "{parameters: {seed: 9007199254740993}}",
    );
    expect((await server.gql(literal)).errors[0]?.message).toContain("9007199254740993");
    expect(await server.ledgerSize()).toBe(before);
  });

  test.each([
    ["no object", "[1]", []],
    ["a number that is not finite", '{"rate": 1e999}', ["rate"]],
    ["a lone surrogate", '{"text": {"a": "\\ud800"}}', ["text", "a"]],
    ["a key with a lone surrogate", '{"text": {"\\udc00": 1}}', ["text"]],
    ["an empty key", '{"": 1}', [""]],
    ["a long key", `{"${"k".repeat(201)}": 1}`, ["k".repeat(201)]],
  ])("is refused with %s", async (_, text, path) => {
    const refused = await refusal(server, () => recordText(text));
    expect(refused).toMatchObject({ code: "INVALID_INPUT", path: ["parameters", ...path], grown: 0 });
  });

  test("is refused when it is nested without end", async () => {
    const deep = `{"a": ${"[".repeat(5_000)}${"]".repeat(5_000)}}`;
    expect(await refusal(server, () => recordText(deep))).toMatchObject({ code: "INVALID_INPUT", grown: 0 });
  });

  test("is refused above 64 KiB", async () => {
    const refused = await refusal(server, () => record({ text: "x".repeat(65_536) }));
    expect(refused).toMatchObject({ code: "ENTRY_TOO_LARGE", grown: 0 });
  });
});

describe("an idempotency key", () => {
  const text = RECORD.replace("$input: ", "$key: String, $input: ").replace(
    "input: $input)",
    "input: $input, idempotencyKey: $key)",
  );
  const record = (key: string, parameters: object) => server.gql(text, { key, input: { parameters } });

  test("again with the same input answers the same and changes nothing", async () => {
    const [key, value] = [unique("key"), unique("value")];
    const first = await record(key, { value });
    const size = await server.ledgerSize();
    expect((await record(key, { value })).data).toEqual(first.data);
    expect(await server.ledgerSize()).toBe(size);
  });

  test("again with another input is refused", async () => {
    const key = unique("key");
    await record(key, { value: 1 });
    const refused = await refusal(server, () => record(key, { value: 2 }));
    expect(refused).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED", path: ["idempotencyKey"], grown: 0 });
  });

  test.each([
    ["empty", ""],
    ["very long", "k".repeat(501)],
    ["no Unicode", "\ud800"],
  ])("is refused when it is %s", async (_, key) => {
    const refused = await refusal(server, () => record(key, { value: unique("value") }));
    expect(refused).toMatchObject({ code: "INVALID_INPUT", path: ["idempotencyKey"], grown: 0 });
  });
});

/** The same JSON as JSON.stringify writes it. */
function compact(text: string): string {
  return JSON.stringify(JSON.parse(text));
}
