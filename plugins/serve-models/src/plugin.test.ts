import { cp, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { deflate, gunzipSync, gzip } from "node:zlib";
import { runConformance } from "@clew/plugin-sdk/host";
import { describe, expect, test } from "vitest";
import { aRequest, aServingService, inferred, SIGNATURE } from "../test/service.ts";

const DIR = fileURLToPath(new URL("..", import.meta.url));
test("passes the conformance kit", async () => {
  const report = await runConformance(DIR);
  expect(report.checks.filter((check) => check.status === "fail")).toEqual([]);
}, 60_000);

describe("an endpoint", () => {
  test("says by the protocol that it is there, is ready, and what it takes", async () => {
    const { get } = await aServingService();
    expect((await get("/v2/health/live")).body).toEqual({ live: true });
    expect((await get("/v2/health/ready")).status).toBe(200);
    expect((await get("/v2")).body).toMatchObject({ extensions: ["binary_tensor_data"] });
    expect((await get("/v2/models/delay/ready")).status).toBe(200);
    expect((await get("/v2/models/delay/versions/1/ready")).status).toBe(200);
    const { body } = await get("/v2/models/delay");
    expect(body).toMatchObject({ name: "delay", versions: ["arrival@1"], platform: "tensorflow_js" });
    expect(body["inputs"]).toContainEqual({ name: "hour", datatype: "INT64", shape: [-1] });
    expect(body["outputs"]).toEqual([{ name: "probability", datatype: "FP64", shape: [-1] }]);
  });

  test("answers rows, alone and together alike, and says what answered", async () => {
    const { infer } = await aServingService();
    const { status, answer, headers } = await infer(aRequest(3));
    expect(status).toBe(200);
    expect(answer).toMatchObject({ id: "mine", model_name: "delay", model_version: "arrival@1" });
    expect(answer.parameters).toMatchObject({ deployment: "tests/delay@1", model: "tests/arrival@1" });
    expect(answer.parameters.inference_id).toMatch(/^0{31}1\.0\.[0-9a-f-]{36}$/);
    expect(headers.get("x-inference-id")).toBe(answer.parameters.inference_id);
    const [output] = answer.outputs;
    expect(output).toMatchObject({ name: "probability", datatype: "FP64", shape: [3] });
    expect(new Set(output!.data).size).toBe(3);
    for (const probability of output!.data) expect(probability).toBeGreaterThan(0);
    const alone = await Promise.all(Array.from({ length: 40 }, () => infer(aRequest(1))));
    for (const one of alone) expect(one.answer.outputs[0]!.data[0]).toBeCloseTo(output!.data[0]!, 6);
  });

  test("takes and gives binary tensor data and packed bodies", async () => {
    const { url, infer } = await aServingService();
    const hours = Buffer.alloc(16);
    hours.writeBigInt64LE(7n, 0);
    hours.writeBigInt64LE(17n, 8);
    const ports = Buffer.from("\u0001\0\0\0A\u0001\0\0\0B", "latin1");
    const plain = await infer(aRequest(2));
    const request = aRequest(2);
    const [port, hour, ...others] = request.inputs;
    const head = (input: NonNullable<typeof port>, size: number) => {
      return { ...input, data: undefined, parameters: { binary_data_size: size } };
    };
    const json = JSON.stringify({
      ...request,
      parameters: { binary_data_output: true },
      inputs: [head(port!, ports.length), head(hour!, hours.length), ...others],
    });
    const body = await promisify(gzip)(Buffer.concat([Buffer.from(json), ports, hours]));
    const response = await fetch(`${url()}/v2/models/delay/infer`, {
      method: "POST",
      body,
      headers: { "Content-Encoding": "gzip", "Inference-Header-Content-Length": String(Buffer.byteLength(json)) },
    });
    expect(response.status).toBe(200);
    const bytes = Buffer.from(await response.arrayBuffer());
    const length = Number(response.headers.get("inference-header-content-length"));
    const answer = JSON.parse(bytes.toString("utf8", 0, length)) as { outputs: object[] };
    expect(answer.outputs).toEqual([
      { name: "probability", datatype: "FP64", shape: [2], parameters: { binary_data_size: 16 } },
    ]);
    const [output] = plain.answer.outputs;
    expect(bytes.readDoubleLE(length)).toBeCloseTo(output!.data[0]!, 6);
    expect(bytes.readDoubleLE(length + 8)).toBeCloseTo(output!.data[1]!, 6);
  });

  test("packs an answer that is worth it for who takes it", async () => {
    const { url } = await aServingService();
    const body = JSON.stringify(aRequest(500));
    const { headers, bytes } = await inferred(url(), body, { "Accept-Encoding": "br, gzip;q=0.5" });
    expect(headers["content-encoding"]).toBe("gzip");
    expect(JSON.parse(gunzipSync(bytes).toString("utf8"))).toMatchObject({ outputs: [{ shape: [500] }] });
    for (const encoding of ["identity", "gzip;q=0, identity", "br"]) {
      const plain = await inferred(url(), body, { "Accept-Encoding": encoding });
      expect(plain.headers["content-encoding"]).toBeUndefined();
      expect(JSON.parse(plain.bytes.toString("utf8"))).toMatchObject({ outputs: [{ shape: [500] }] });
    }
  });

  test("answers every bad request with 4xx and says what is wrong", async () => {
    const service = await aServingService({ maxBodyMiB: 1 });
    const changed = (name: string, change: object) => {
      const request = aRequest(1);
      return { ...request, inputs: request.inputs.map((one) => (one.name === name ? { ...one, ...change } : one)) };
    };
    const without = { inputs: aRequest(1).inputs.slice(1) };
    const cases: [unknown, number, string][] = [
      ["{", 400, "no JSON"],
      ["", 400, "no JSON"],
      [[], 400, "the request"],
      [{ inputs: [] }, 400, "inputs"],
      [without, 400, "input port of BYTES is missing"],
      [changed("port", { name: "harbour" }), 400, "no input harbour"],
      [changed("hour", { datatype: "FP64" }), 400, "input hour is of INT64, not FP64"],
      [changed("hour", { datatype: "INT65" }), 400, "does not exist"],
      [changed("hour", { data: [7.5] }), 400, "holds 7.5"],
      [changed("hour", { data: ["7"] }), 400, 'holds "7"'],
      [changed("hour", { data: [2 ** 60] }), 400, "input hour"],
      [changed("hour", { data: [1, 2] }), 400, "has 2 elements, its shape says 1"],
      [changed("hour", { shape: [1, 2], data: [1, 2] }), 400, "[rows] or [rows, 1]"],
      [changed("hour", { shape: [2], data: [1, 2] }), 400, "has 2 rows, others have 1"],
      [changed("hour", { shape: [-1] }), 400, "inputs.1.shape.0"],
      [changed("holiday", { data: [1] }), 400, "input holiday is of BOOL"],
      [changed("load", { data: [{}] }), 400, "input load"],
      [changed("load", { data: undefined, parameters: { binary_data_size: 8 } }), 400, "input load has 0 bytes"],
      [{ ...aRequest(1), outputs: [{ name: "profit" }] }, 400, "no output profit"],
      [{ ...aRequest(1), id: 7 }, 400, "id"],
      [aRequest(0), 400, "no rows"],
      ["x".repeat(1024 * 1024 + 1), 413, "too large"],
    ];
    for (const [body, status, message] of cases) {
      const { status: got, answer } = await service.infer(body);
      expect({ got, error: answer.error }).toEqual({ got: status, error: expect.stringContaining(message) as unknown });
    }
    const packed = { headers: { "Content-Encoding": "br" } };
    expect((await service.infer("x", packed)).status).toBe(415);
    expect((await service.infer("x", { headers: { "Content-Encoding": "gzip" } })).status).toBe(400);
    const bomb = await promisify(gzip)(Buffer.alloc(2 * 1024 * 1024));
    expect((await service.infer(bomb, { headers: { "Content-Encoding": "gzip" } })).status).toBe(413);
    const deflated = await promisify(deflate)(Buffer.alloc(64 * 1024 * 1024));
    expect((await service.infer(deflated, { headers: { "Content-Encoding": "deflate" } })).status).toBe(413);
    for (const length of ["99999", "-1", "1e3", "many"]) {
      const headers = { "Inference-Header-Content-Length": length };
      const { status, answer } = await service.infer(aRequest(1), { headers });
      expect({ status, error: answer.error }).toEqual({
        status: 400,
        error: expect.stringContaining("Inference-Header-Content-Length") as unknown,
      });
    }
    const long = "x".repeat(255);
    const paths = ["other", long, `delay/versions/9`, `delay/versions/${long}@1`, "a/b"].map(
      (name) => `/v2/models/${name}`,
    );
    for (const path of [...paths, "/v2/nothing"])
      expect(await service.get(path)).toMatchObject({
        status: 404,
        body: { error: expect.stringMatching(/no/) as unknown },
      });
    expect(await service.get("/v2/models/%zz")).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("%zz") as unknown },
    });
    expect((await service.infer(aRequest(1), { path: "/v2/models/other/infer" })).status).toBe(404);
    expect((await service.infer(aRequest(1))).status).toBe(200);
    // Each is passed on, those too that could not be unpacked or were too large to be read; but none that was for another model.
    const refused = cases.length + 8;
    await expect.poll(() => service.predictions.filter(({ error }) => error !== null)).toHaveLength(refused);
    expect(service.predictions.map(({ error }) => error?.status)).toContain(415);
    expect(service.predictions.filter(({ error }) => error?.status === 413)).toHaveLength(3);
  });
});

/** Of 800 drawn with a chance of 0.25 each: nearly six standard deviations either way. */
function expectAQuarter(count: number): void {
  expect(count).toBeGreaterThan(130);
  expect(count).toBeLessThan(270);
}

describe("a deployment", () => {
  test("that cannot be loaded says why, and what was served goes on", async () => {
    const { deploy, infer, work, url } = await aServingService();
    const lies = { ...SIGNATURE, inputs: SIGNATURE.inputs.slice(1) };
    await cp(join(work, "in/model"), join(work, "in/wider"), { recursive: true });
    const file = join(work, "in/wider/pipeline.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"C"', '"C", "D"'));
    for (const [dir, part, change] of [
      ["shorter", "weights.bin", (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
      ["empty", "weights.bin", () => Buffer.alloc(0)],
      ["other", "model.json", () => Buffer.from('{"modelTopology": {}, "weightsManifest": []}')],
      ["text", "pipeline.json", () => Buffer.from("no JSON")],
    ] as const) {
      await cp(join(work, "in/model"), join(work, "in", dir), { recursive: true });
      const path = join(work, "in", dir, part);
      await writeFile(path, change(await readFile(path)));
    }
    const cases = [
      [{ key: "tests/a@1", format: "pmml" }, "what runs here is tfjs-layers, xgboost-json, onnx"],
      [{ key: "tests/b@1", signature: null }, "no signature"],
      [{ key: "tests/c@1", signature: lies }, "no input port"],
      [{ key: "tests/d@1", dir: "nowhere" }, "pipeline.json"],
      [{ key: "tests/e@1", dir: "wider" }, "the model reads"],
      [{ key: "tests/f@1", dir: "shorter" }, "model.json cannot be read"],
      [{ key: "tests/g@1", dir: "empty" }, "model.json cannot be read"],
      [{ key: "tests/h@1", dir: "other" }, "model.json cannot be read"],
      [{ key: "tests/i@1", dir: "text" }, "pipeline.json cannot be read"],
    ] as const;
    for (const [wanted, message] of cases) {
      const { failure } = await deploy(wanted);
      expect(failure).toMatchObject({ type: "BAD_INPUT", message: expect.stringContaining(message) as unknown });
    }
    expect(url()).not.toBe("");
    expect((await infer(aRequest(1))).answer.parameters.deployment).toBe("tests/delay@1");
  });

  test("shares its traffic by weight, and keeps a sticky key with one model", async () => {
    const { deploy, infer } = await aServingService();
    await deploy({ key: "tests/arrival@1", weight: 75 }, { key: "tests/arrival@2", weight: 25 });
    const answers = await Promise.all(Array.from({ length: 800 }, () => infer(aRequest(1))));
    expectAQuarter(answers.filter(({ answer }) => answer.model_version === "arrival@2").length);
    for (const key of ["ann", "bob", "cleo", "dora"]) {
      const sticky = await Promise.all(
        Array.from({ length: 10 }, () => infer(aRequest(1), { headers: { "X-Sticky-Key": key } })),
      );
      expect(new Set(sticky.map(({ answer }) => answer.model_version)).size).toBe(1);
    }
    const path = "/v2/models/delay/versions/2/infer";
    expect((await infer(aRequest(1), { path })).answer.model_version).toBe("arrival@2");
  });

  test("answers by the version that is named, and by a number alone where only one has it", async () => {
    const { deploy, infer } = await aServingService();
    await deploy({ key: "tests/arrival@1", weight: 50 }, { key: "tests/other@1", weight: 50 });
    const by = async (version: string) =>
      (await infer(aRequest(1), { path: `/v2/models/delay/versions/${version}/infer` })).answer;
    for (const version of ["arrival@1", "other@1"]) expect((await by(version)).model_version).toBe(version);
    expect((await by("1")).error).toBe("delay has no version 1; it has arrival@1, other@1");
  });

  test("whose model a person has suspended goes on with the others, and answers 503 without any", async () => {
    const { deploy, infer, get } = await aServingService();
    await deploy({ key: "tests/arrival@1", weight: 50, isSuspended: true }, { key: "tests/arrival@2", weight: 50 });
    const answers = await Promise.all(Array.from({ length: 30 }, () => infer(aRequest(1))));
    expect(new Set(answers.map(({ answer }) => answer.model_version))).toEqual(new Set(["arrival@2"]));
    expect((await infer(aRequest(1), { path: "/v2/models/delay/versions/1/infer" })).status).toBe(503);
    await deploy({ key: "tests/arrival@1", isSuspended: true });
    expect(await infer(aRequest(1))).toMatchObject({
      status: 503,
      answer: { error: expect.stringContaining("suspended") as unknown },
    });
    expect((await get("/v2/health/ready")).status).toBe(503);
    await deploy({ key: "tests/arrival@1" });
    expect((await infer(aRequest(1))).status).toBe(200);
  });

  test("takes over from another without a request that fails", async () => {
    const { deploy, infer } = await aServingService();
    const over = new AbortController();
    const seen = new Map<string, number>();
    const failed: unknown[] = [];
    const client = async () => {
      while (!over.signal.aborted) {
        const { status, answer } = await infer(aRequest(2));
        if (status === 200) seen.set(answer.parameters.deployment, (seen.get(answer.parameters.deployment) ?? 0) + 1);
        else failed.push(answer);
      }
    };
    const clients = Array.from({ length: 8 }, client);
    for (let version = 2; version <= 12; version++) await deploy({ key: `tests/arrival@${version}` });
    over.abort();
    await Promise.all(clients);
    expect(failed).toEqual([]);
    expect(seen.size).toBeGreaterThan(5);
  });
});

describe("what was predicted", () => {
  test("is passed on with its values; shadows see it too and answer nobody", async () => {
    const { deploy, infer, predictions } = await aServingService();
    await deploy({ key: "tests/arrival@1" }, { key: "tests/arrival@2", mode: "SHADOW" });
    const { answer } = await infer(aRequest(2));
    expect(answer.model_version).toBe("arrival@1");
    await infer("{");
    await expect.poll(() => predictions).toHaveLength(3);
    const of = (mode: string, failed: boolean) =>
      predictions.find((one) => one.mode === mode && (one.error !== null) === failed);
    const id = answer.parameters.inference_id;
    expect(of("LIVE", false)).toMatchObject({
      id,
      deployment: `Deployment:${"2".padStart(32, "0")}`,
      model: "ModelVersion:tests/arrival@1",
      rows: 2,
      inputs: { port: ["A", "B"], load: [50.5, null], holiday: [false, true] },
      outputs: { probability: answer.outputs[0]!.data },
    });
    expect(of("LIVE", false)!.latencyMs).toBeGreaterThan(0);
    expect(of("SHADOW", false)).toMatchObject({ id, model: "ModelVersion:tests/arrival@2", inputs: null });
    expect(of("SHADOW", false)?.outputs?.["probability"]).toHaveLength(2);
    expect(of("LIVE", true)).toMatchObject({ error: { status: 400 }, inputs: null });
    expect((await infer(aRequest(1), { path: "/v2/models/delay/versions/2/infer" })).status).toBe(404);
  });

  test("is seen by a shadow as often as its weight says", async () => {
    const { deploy, infer, end, predictions, left } = await aServingService();
    await deploy({ key: "tests/arrival@1" }, { key: "tests/arrival@2", mode: "SHADOW", weight: 25 });
    await Promise.all(Array.from({ length: 800 }, () => infer(aRequest(1))));
    // Whoever ends lets its shadows answer first.
    expect((await end()).outcome).toBe("result");
    const of = (wanted: string) => predictions.filter(({ mode }) => mode === wanted).length;
    expect([of("LIVE"), left.dropped]).toEqual([800, 0]);
    expectAQuarter(of("SHADOW"));
  });

  test("is passed on by a share, failed requests all, and to the last one when the service stops", async () => {
    const { infer, end, predictions, left } = await aServingService({ logFraction: 0.25 });
    for (let n = 0; n < 100; n++) await infer(aRequest(1));
    for (let n = 0; n < 5; n++) await infer("{");
    expect((await end()).outcome).toBe("result");
    const answered = predictions.filter(({ error }) => error === null).length;
    expect(answered + left.sampledOut).toBe(100);
    expect(left.sampledOut).toBeGreaterThan(50);
    expect(predictions.length - answered).toBe(5);
    expect(left.dropped).toBe(0);
  });

  test("when the service was told to end meanwhile, is answered and passed on, whoever does not end a request", async () => {
    const { url, end, predictions } = await aServingService();
    const body = JSON.stringify(aRequest(1));
    const told = async () => {
      void end();
      const refusal = () =>
        fetch(`${url()}/v2`).then(
          () => null,
          (error: Error) => error.message,
        );
      await expect.poll(refusal).toBe("fetch failed");
    };
    const stalled = connect(Number(new URL(url()).port), "127.0.0.1").on("error", () => {});
    stalled.write("POST /v2/models/delay/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n");
    const { status, headers } = await inferred(url(), body, {}, told);
    expect({ status, connection: headers.connection }).toEqual({ status: 200, connection: "close" });
    expect(await end()).toMatchObject({ outcome: "result" });
    expect(predictions.map(({ id }) => id)).toContain(headers["x-inference-id"]);
  }, 60_000);

  test("that has no room is dropped and counted", async () => {
    const { infer, predictions, left } = await aServingService({ logBuffer: 5 });
    await Promise.all(Array.from({ length: 200 }, () => infer(aRequest(1))));
    await expect.poll(() => predictions.length + left.dropped).toBe(200);
    expect(left.dropped).toBeGreaterThan(0);
  });
});
