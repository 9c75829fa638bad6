import { readdir } from "node:fs/promises";
import { contentId, idToken, sha256 } from "@clew/schema";
import { describe, expect, test } from "vitest";
import {
  type Answers,
  ATTEMPT_TOKEN,
  type TestServer,
  aClaim,
  aRunner,
  aServer,
  aShellPlugin,
  eventually,
  inputOf,
  newRunId,
  once,
} from "./support/runner-host.ts";

const NATS = process.env["CLEW_TEST_NATS_URL"] ?? "";
const PLUGIN = "serve-nothing@1.0.0";
const ABOUT = `Deployment:${"7".repeat(32)}`;
const MODEL_TEXT = "the model";

/** Says of each deployment that it serves it, unless a model's file holds "broken", and ends with a result when it is told to. */
const SCRIPT = `
while read -r line; do
  case "$line" in
    *'"type":"deployment"'*)
      id=$(printf %s "$line" | sed 's/.*"type":"deployment","id":"\\([^"]*\\)".*/\\1/')
      suspended=$(printf %s "$line" | grep -c '"isSuspended":true')
      file="$CLEW_INPUT_DIR/$(printf %s "$line" | sed 's/.*"dir":"\\([^"]*\\)".*/\\1/')/model.txt"
      echo "told of $id, suspended $suspended, has $(cat "$file")"
      if grep -q broken "$file"; then failure='{"type":"BAD_INPUT","message":"no such format","retryable":false}'; else failure=null; fi
      echo '{"type":"deployed","deployment":"'$id'","failure":'$failure'}' ;;
    *'"type":"cancel"'*) echo '{"type":"result"}'; exit 0 ;;
  esac
done`;

/** Says two reports, and an alert of them. */
const FINDING = `
while read -r line; do
  case "$line" in
    *'"type":"deployment"'*)
      report='{"reportType":"DRIFT","about":["${ABOUT}"],"verdict":"FAIL","metrics":{"drifting":1}}'
      echo '{"type":"report","name":"july","report":'$report'}'
      echo '{"type":"report","name":"again","report":'$report'}'
      echo '{"type":"alert","about":"${ABOUT}","cause":"drift:x","message":"x has moved","reports":["july","again"]}' ;;
    *'"type":"cancel"'*) echo '{"type":"result"}'; exit 0 ;;
  esac
done`;

/** Says a report and a prediction when it is told to end. */
const ENDING = `
while read -r line; do
  case "$line" in
    *'"type":"deployment"'*) echo told ;;
    *'"type":"cancel"'*)
      echo '{"type":"predictions","records":[],"dropped":4}'
      echo '{"type":"report","name":"last","report":{"reportType":"DRIFT","about":["${ABOUT}"],"verdict":null,"metrics":{}}}'
      echo '{"type":"result"}'; exit 0 ;;
  esac
done`;

/** Says where it listens, and 30 predictions of 100 kB each at once, and is silent then. */
const PREDICTING = `
while read -r line; do
  case "$line" in
    *'"type":"deployment"'*)
      echo '{"type":"listening","url":"http://127.0.0.1:8123"}'
      text=$(head -c 100000 /dev/zero | tr '\\0' x)
      records=$(for n in $(seq 0 29); do
        printf '%s{"id":"inference %s","deployment":null,"model":null,"mode":"LIVE","at":"2026-11-24T08:00:00Z"' "$comma" "$n"
        printf ',"latencyMs":1,"rows":1,"inputs":{"x":["%s"]},"outputs":{"y":[1]},"error":null}' "$text"
        comma=,
      done)
      printf '{"type":"predictions","records":[%s],"dropped":3}\\n' "$records" ;;
    *'"type":"cancel"'*) echo '{"type":"result"}'; exit 0 ;;
  esac
done`;

function aModelVersion(name: string, text: string, state = "PENDING") {
  const file = { path: "model.txt", sizeBytes: Buffer.byteLength(text), digest: sha256(text) };
  const id = `ModelVersion:${sha256(name).slice(7, 39)}`;
  return {
    file,
    node: {
      id,
      key: "tests/m@1",
      digest: sha256(name),
      state,
      format: "text",
      signature: { inputs: [], outputs: [{ name: "y", type: "FP32" }] },
    },
  };
}
type Served = ReturnType<typeof aModelVersion>;

function aDeployment(version: number, state: string, { node }: Served) {
  const id = `Deployment:${String(version).padStart(32, "0")}`;
  return { id, key: `tests/live@${version}`, version, state, serves: [{ weight: 100, mode: "LIVE", node }] };
}
type Deployment = ReturnType<typeof aDeployment>;

/** A runner with the service, and what its endpoint shall serve, which a test changes as it goes. */
async function aService(
  { active = null, wanted = null }: { active?: Deployment | null; wanted?: Deployment | null },
  models: Served[],
  script = SCRIPT,
  answers: Answers = {},
) {
  const endpoint = {
    id: "Endpoint:1",
    key: "tests/live",
    activeDeployment: active,
    wantedDeployment: wanted ?? active,
  };
  const server = await aServer(NATS, {
    ClaimRun: aClaim([], {}, { plugin: PLUGIN }),
    ServedByRun: ({ run }) => ({ data: { node: { id: run, state: "RUNNING", endpoint: { ...endpoint } } } }),
    ReportDeployment: ({ input }) => {
      const { deployment, failure } = input as { deployment: string; failure: object | null };
      if (failure === null) endpoint.activeDeployment = { ...endpoint.wantedDeployment!, state: "ACTIVE" };
      endpoint.wantedDeployment = endpoint.activeDeployment;
      return { data: { reportDeployment: { deployment: { id: deployment }, userErrors: [], ledgerSeq: 1 } } };
    },
    ...answers,
    VersionFiles: ({ version }) => {
      const nodes = models.filter(({ node }) => node.id === version).map(({ file }) => file);
      return { data: { node: { files: { nodes, pageInfo: { hasNextPage: false, endCursor: null } } } } };
    },
  });
  await server.artifacts.put(MODEL_TEXT);
  await server.artifacts.put("broken");
  const pluginDirs = [await aShellPlugin("serve-nothing", script, {}, { kind: "service" })];
  const runner = await aRunner(server, NATS, { pluginDirs, drainMs: 10_000 });
  const runId = newRunId();
  await server.invite(runId, 1, PLUGIN);
  return { server, runner, runId, endpoint, said: () => saidIn(server) };
}

function reported(name: string) {
  if (name === "july") return { report: { id: "Report:july" }, userErrors: [] };
  return { report: null, userErrors: [{ code: "STATE_CONFLICT", path: ["name"], message: "it is there" }] };
}

function saidIn(server: TestServer): string[] {
  return server.events.flatMap(({ event }) => (event.type === "log" ? [event.message] : []));
}

describe("a service", () => {
  test("says where it listens and what it predicts, each once, in messages that NATS takes", async () => {
    const model = aModelVersion("one", MODEL_TEXT);
    const { server, runId } = await aService({ active: aDeployment(1, "ACTIVE", model) }, [model], PREDICTING);
    const records = () => server.predictions.flatMap((batch) => batch.records);
    await eventually(() => expect(records()).toHaveLength(30));
    expect(records().map(({ id }) => id)).toEqual(Array.from({ length: 30 }, (_, n) => `inference ${n}`));
    expect(server.predictions.length).toBeGreaterThan(1);
    expect(server.predictions.map(({ n }) => n)).toEqual(server.predictions.map((_, index) => index + 1));
    expect(server.predictions.map(({ dropped }) => dropped)).toEqual(
      server.predictions.map((_, n) => (n === 0 ? 3 : 0)),
    );
    expect(server.predictions[0]).toMatchObject({ endpoint: "Endpoint:1", runId, attempt: 1 });
    await eventually(() =>
      expect(server.beats.at(-1)?.leases).toEqual([{ runId, attempt: 1, listensAt: "http://127.0.0.1:8123" }]),
    );
  });

  test("is told what its endpoint shall serve, with the models' files, and what it serves is reported", async () => {
    const model = aModelVersion("one", MODEL_TEXT);
    const wanted = aDeployment(1, "PENDING", model);
    const { server, said } = await aService({ wanted }, [model]);
    await once(() => server.asked("ReportDeployment"));
    const [report] = server.asked("ReportDeployment");
    expect(report?.token).toBe(ATTEMPT_TOKEN);
    expect(inputOf(report)).toEqual({ deployment: wanted.id, failure: null });
    await eventually(() => expect(said()).toEqual([`told of ${wanted.id}, suspended 0, has ${MODEL_TEXT}`]));
  });

  test("that has just come serves at once what is active, and then what is wanted", async () => {
    const [old, next] = [aModelVersion("old", MODEL_TEXT), aModelVersion("next", MODEL_TEXT)];
    const [active, wanted] = [aDeployment(1, "ACTIVE", old), aDeployment(2, "PENDING", next)];
    const { server, said } = await aService({ active, wanted }, [old, next]);
    await once(() => server.asked("ReportDeployment"));
    expect(inputOf(server.asked("ReportDeployment")[0])).toEqual({ deployment: wanted.id, failure: null });
    const told = [active, wanted].map(({ id }) => `told of ${id}, suspended 0, has ${MODEL_TEXT}`);
    await eventually(() => expect(said()).toEqual(told));
  });

  test("looks again at the server's word, goes on when a revision cannot be served, and forgets what is over", async () => {
    const [good, bad, other] = [
      aModelVersion("good", MODEL_TEXT),
      aModelVersion("bad", "broken"),
      aModelVersion("other", MODEL_TEXT),
    ];
    const first = aDeployment(1, "ACTIVE", good);
    const { server, runner, runId, endpoint, said } = await aService({ active: first }, [good, bad, other]);
    await once(said);
    endpoint.wantedDeployment = aDeployment(2, "PENDING", bad);
    server.control(runId, "refresh");
    await once(() => server.asked("ReportDeployment"));
    expect(inputOf(server.asked("ReportDeployment")[0])).toMatchObject({
      failure: { type: "BAD_INPUT", message: "no such format" },
    });
    // The server wants again what is active, so the job is told of it once more.
    await eventually(() => expect(said().at(-1)).toBe(`told of ${first.id}, suspended 0, has ${MODEL_TEXT}`));
    endpoint.wantedDeployment = aDeployment(3, "PENDING", other);
    server.control(runId, "refresh");
    await once(() => server.asked("ReportDeployment"), 2);
    expect(said().at(-1)).toBe(`told of ${endpoint.activeDeployment!.id}, suspended 0, has ${MODEL_TEXT}`);
    const files = async () =>
      (await readdir(runner.config.workDir, { recursive: true })).filter((path) => path.endsWith("model.txt"));
    await eventually(async () => expect(await files()).toEqual([expect.stringContaining(idToken(other.node.id))]));
  });

  test("says what it has found out, which is recorded in order, each once, as far as it is new", async () => {
    const model = aModelVersion("one", MODEL_TEXT);
    const said = { alert: { id: "Alert:1" }, userErrors: [] };
    const answers: Answers = {
      AddReport: ({ input }) => ({ data: { addReport: reported((input as { name: string }).name) } }),
      RaiseAlert: () => ({ data: { raiseAlert: said } }),
    };
    const { server, runId } = await aService({ active: aDeployment(1, "ACTIVE", model) }, [model], FINDING, answers);
    await once(() => server.asked("RaiseAlert"));
    expect(server.asked("AddReport").map((request) => [inputOf(request), request.variables["idempotencyKey"]])).toEqual(
      [
        [expect.objectContaining({ run: runId, attempt: 1, name: "july", about: [ABOUT] }), `report:${runId}:1:july`],
        [
          expect.objectContaining({ name: "again", metrics: [{ name: "drifting", value: 1 }] }),
          `report:${runId}:1:again`,
        ],
      ],
    );
    // What an earlier attempt has reported has the id that follows from its name.
    const evidence = ["Report:july", contentId("Report", runId, "again")];
    const [raised] = server.asked("RaiseAlert");
    const alert = { about: ABOUT, cause: "drift:x", severity: "WARNING", message: "x has moved" };
    expect(inputOf(raised)).toEqual({ ...alert, evidence });
    // The same whichever attempt says it.
    const same = contentId("Alert", ...Object.values(alert), ...evidence);
    expect(raised!.variables["idempotencyKey"]).toBe(`alert:${runId}:${same}`);
    expect(server.asked("FinishRun")).toEqual([]);
  });

  test("that is told to end has recorded what it says then, before its attempt is reported", async () => {
    const answers: Answers = { AddReport: () => ({ data: { addReport: { ...reported("july"), ledgerSeq: 1 } } }) };
    const model = aModelVersion("one", MODEL_TEXT);
    const service = await aService({ active: aDeployment(1, "ACTIVE", model) }, [model], ENDING, answers);
    const { server } = service;
    await once(service.said);
    await service.runner.drain();
    expect(server.predictions).toMatchObject([{ dropped: 4 }]);
    const asked = server.requests.map(({ operationName }) => operationName);
    expect(asked.slice(asked.indexOf("AddReport"))).toEqual(["AddReport", "FinishRun"]);
  });

  test("whose findings the server does not take ends as a breach of the protocol", async () => {
    const model = aModelVersion("one", MODEL_TEXT);
    const userErrors = [{ code: "UNKNOWN_NODE", path: ["about", "0"], message: "the run reads no such thing" }];
    const answers: Answers = { AddReport: () => ({ data: { addReport: { report: null, userErrors } } }) };
    const { server } = await aService({ active: aDeployment(1, "ACTIVE", model) }, [model], FINDING, answers);
    await once(() => server.asked("FinishRun"));
    expect(inputOf(server.asked("FinishRun")[0])).toMatchObject({
      failure: {
        type: "PROTOCOL_VIOLATION",
        message: expect.stringContaining("the run reads no such thing") as unknown,
      },
    });
  });

  test("is told when a person has suspended what it serves", async () => {
    const model = aModelVersion("one", MODEL_TEXT);
    const { server, runId, endpoint, said } = await aService({ active: aDeployment(1, "ACTIVE", model) }, [model]);
    await once(said);
    endpoint.activeDeployment = endpoint.wantedDeployment = aDeployment(1, "SUSPENDED", model);
    server.control(runId, "refresh");
    await once(said, 2);
    expect(said()[1]).toContain("suspended 1");
    expect(server.asked("ReportDeployment")).toEqual([]);
  });

  test("is told when a person has suspended a model of what it serves, and when it is resumed", async () => {
    const model = aModelVersion("one", MODEL_TEXT);
    const { server, runId, endpoint, said } = await aService({ active: aDeployment(1, "ACTIVE", model) }, [model]);
    await once(said);
    for (const [index, state] of ["SUSPENDED", "APPROVED"].entries()) {
      const changed = aModelVersion("one", MODEL_TEXT, state);
      endpoint.activeDeployment = endpoint.wantedDeployment = aDeployment(1, "ACTIVE", changed);
      server.control(runId, "refresh");
      await once(said, index + 2);
    }
    expect(said().map((line) => /suspended (\d)/.exec(line)![1])).toEqual(["0", "1", "0"]);
  });

  test("fails its attempt, to be tried again, where it cannot serve what is active", async () => {
    const model = aModelVersion("bad", "broken");
    const { server } = await aService({ active: aDeployment(1, "ACTIVE", model) }, [model]);
    await once(() => server.asked("FinishRun"));
    expect(inputOf(server.asked("FinishRun")[0])).toMatchObject({ failure: { type: "BAD_INPUT", retryable: true } });
  });

  test("is not waited for by a runner that stops, and is wanted still", async () => {
    const { server, runner } = await aService({}, []);
    await once(() => server.asked("ServedByRun"));
    const began = Date.now();
    await runner.drain();
    expect(inputOf(server.asked("FinishRun")[0])).toMatchObject({
      failure: { type: "RUNNER_STOPPED", retryable: true },
    });
    // Less than the time that a runner gives to tasks.
    expect(Date.now() - began).toBeLessThan(9_000);
  });

  test("that ends by itself is tried again", async () => {
    const server = await aServer(NATS, { ClaimRun: aClaim([], {}, { plugin: "leaver@1.0.0" }) });
    const pluginDirs = [await aShellPlugin("leaver", `echo '{"type":"result"}'`, {}, { kind: "service" })];
    await aRunner(server, NATS, { pluginDirs });
    await server.invite(newRunId(), 1, "leaver@1.0.0");
    await once(() => server.asked("FinishRun"));
    expect(inputOf(server.asked("FinishRun")[0])).toMatchObject({ failure: { type: "PLUGIN_ERROR", retryable: true } });
  });
});
