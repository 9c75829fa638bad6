import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Role } from "@clew/schema";
import { ClaimRunDocument, CreateTokenDocument, RevokeTokenDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  aDataset,
  aManifest,
  aModel,
  anArtifact,
  anAttempt,
  aPlugin,
  aQueuedRun,
  aRun,
  aRunner,
} from "../../../test/support/builders.ts";
import { type Answer, bearer } from "../../../test/support/answer.ts";
import { codeOf } from "../../../test/support/refusals.ts";
import { startTestServer, type TestServer, unique } from "../../../test/support/server.ts";
import { Authenticator } from "../features/access/index.ts";

const DAY_MS = 86_400_000;
const ERRORS = "userErrors { code path message }";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Two namespaces of the test's own, and a version in each. */
async function twoNamespaces() {
  const [ours, theirs] = [unique("ours"), unique("theirs")];
  return {
    ours,
    theirs,
    mine: await aDataset(server, { namespace: ours }),
    hidden: await aDataset(server, { namespace: theirs, name: unique("secret") }),
  };
}

/** What a caller may try in a namespace. */
const ACTS: Record<string, (token: string, namespace: string) => Promise<Answer<unknown>>> = {
  read: async (token, namespace) => {
    const { key } = await aDataset(server, { namespace });
    return server.gql("query A($key: String!) { datasetVersion(key: $key) { id } }", { key }, token);
  },
  publish: async (token, namespace) => {
    const input = { namespace, name: unique("d"), files: [await anArtifact(server)] };
    return mutate("publishDatasetVersion", "PublishDatasetVersionInput", input, token);
  },
  recordCode: (token, namespace) =>
    mutate("recordCodeVersion", "RecordCodeVersionInput", { namespace, name: "r", commit: "a".repeat(40) }, token),
  recordRun: (token, namespace) => mutate("recordRun", "RecordRunInput", { namespace }, token),
  recordInto: async (token, namespace) => {
    // The run stands where everybody may write; its output does not.
    const targets = [{ role: "x", namespace, name: "x" }];
    const outputs = [{ role: "x", datasetVersion: { files: [await anArtifact(server)], schema: [] } }];
    return mutate("recordRun", "RecordRunInput", { namespace: "commons", targets, outputs }, token);
  },
  cancel: async (token, namespace) =>
    mutate("cancelRun", "CancelRunInput", { run: await aQueuedRun(server, { namespace }) }, token),
  registerPlugin: (token) => mutate("registerPlugin", "RegisterPluginInput", { manifest: aManifest() }, token),
  enrolRunner: (token) => mutate("enrolRunner", "EnrolRunnerInput", { name: unique("runner") }, token),
  createToken: (token, namespace) => {
    const grants = [{ namespace, roles: ["ADMIN"] }];
    return mutate("createToken", "CreateTokenInput", { agent: unique("a"), kind: "USER", name: "n", grants }, token);
  },
  createTokenForAll: (token) => {
    const grants = [{ namespace: "*", roles: ["VIEWER"] }];
    return mutate("createToken", "CreateTokenInput", { agent: unique("a"), kind: "USER", name: "n", grants }, token);
  },
  tokens: (token) => server.gql("{ tokens { id } }", {}, token),
};

function mutate(name: string, type: string, input: object, token = server.adminToken): Promise<Answer<unknown>> {
  return server.gql(`mutation M($input: ${type}!) { ${name}(input: $input) { ${ERRORS} } }`, { input }, token);
}

const CONTRIBUTES = ["read", "publish", "recordCode", "recordRun", "recordInto", "cancel"];
const MATRIX: Record<Role, readonly string[]> = {
  VIEWER: ["read"],
  CONTRIBUTOR: CONTRIBUTES,
  RUNNER: ["read", "registerPlugin"],
  APPROVER: CONTRIBUTES,
  ADMIN: [...CONTRIBUTES, "registerPlugin", "createToken", "tokens"],
};

describe.each(Object.entries(MATRIX))("the role %s", (role, allowed) => {
  test("may do what it includes where it is granted, and nothing of it elsewhere", async () => {
    const [ours, theirs] = [unique("ours"), unique("theirs")];
    const token = await server.tokenFor({ [ours]: [role as Role], commons: ["CONTRIBUTOR"] });
    const isDenied = (code: string) => ["FORBIDDEN", "UNKNOWN_NODE", "null"].includes(code);
    for (const [name, act] of Object.entries(ACTS)) {
      const here = codeOf(await act(token, ours));
      expect([name, here]).toEqual([name, allowed.includes(name) ? "ok" : expect.toSatisfy(isDenied)]);
      if (["registerPlugin", "tokens"].includes(name)) continue;
      expect([name, codeOf(await act(token, theirs))]).toEqual([name, expect.toSatisfy(isDenied)]);
    }
  });
});

test("an administrator of everything may do everything", async () => {
  const token = await server.tokenFor({ "*": ["ADMIN"] });
  for (const [name, act] of Object.entries(ACTS)) {
    expect([name, codeOf(await act(token, unique("ns")))]).toEqual([name, "ok"]);
  }
});

describe("what a caller may not read", () => {
  const NODE = `query A($id: ID!) { node(id: $id) { id } }`;
  const walk = (field: string, rest: string) => `query A($id: ID!) { ${field}(${rest}) { __typename } }`;
  const READS: Record<string, string> = {
    node: NODE,
    lineage: walk("lineage", "node: $id"),
    lineageCounts: walk("lineageCounts", "node: $id"),
    lineagePaths: walk("lineagePaths", "from: $id, to: $id"),
  };

  test.each(Object.entries(READS))("looks like what is not there: %s", async (_, text) => {
    const { ours, hidden } = await twoNamespaces();
    const token = await server.tokenFor({ [ours]: ["ADMIN"] });
    const missing = "DatasetVersion:00000000000000000000000000000000";
    const [forbidden, absent] = [
      await server.gql(text, { id: hidden.id }, token),
      await server.gql(text, { id: missing }, token),
    ];
    expect(forbidden.text).toBe(absent.text);
    expect(forbidden.status).toBe(absent.status);
    expect((await server.gql(text, { id: hidden.id })).text).not.toBe(absent.text);
  });

  test.each(["dataset", "datasetVersion", "model", "modelVersion"])(
    "looks like what is not there: %s by key",
    async (field) => {
      const { ours, theirs, hidden } = await twoNamespaces();
      const model = await aModel(server, { namespace: theirs });
      const token = await server.tokenFor({ [ours]: ["ADMIN"] });
      const text = `query A($key: String!) { ${field}(key: $key) { id } }`;
      const { name } = field.startsWith("dataset") ? hidden : model;
      const suffix = field.endsWith("Version") ? "@1" : "";
      const ask = (key: string, as?: string) => server.gql(text, { key: `${theirs}/${key}${suffix}` }, as);
      expect((await ask(name, token)).text).toBe((await ask("nothing", token)).text);
      expect((await ask(name)).data[field]).not.toBeNull();
    },
  );

  test.each<[string, string, string, (id: string, ours: string, plugin: string) => object]>([
    [
      "a source",
      "publishDatasetVersion",
      "PublishDatasetVersionInput",
      (id, namespace) => ({ namespace, name: "d", source: { uri: "x", snapshot: "1" }, derivedFrom: [id] }),
    ],
    [
      "an input of a recorded run",
      "recordRun",
      "RecordRunInput",
      (id, namespace) => ({ namespace, inputs: [{ role: "in", node: id }] }),
    ],
    [
      "an input of a submitted run",
      "submitRun",
      "SubmitRunInput",
      (id, namespace, plugin) => ({ namespace, plugin, inputs: [{ role: "train", node: id }] }),
    ],
    [
      "the code of a submitted run",
      "submitRun",
      "SubmitRunInput",
      (code, namespace, plugin) => ({ namespace, plugin, code }),
    ],
    ["a run to cancel", "cancelRun", "CancelRunInput", (run) => ({ run })],
  ])("looks like what is not there as %s", async (_, field, type, makeInput) => {
    const { ours, theirs, hidden } = await twoNamespaces();
    const { name: plugin } = await aPlugin(server);
    const token = await server.tokenFor({ [ours]: ["ADMIN"] });
    const id = field === "cancelRun" ? await aQueuedRun(server, { namespace: theirs }) : hidden.id;
    const ask = async (one: string) =>
      (await mutate(field, type, makeInput(one, ours, plugin), token)).text.replaceAll(one, "ID");
    const absent = id.replace(/[0-9a-f]{6}$/, "000000");
    const before = await server.ledgerSize();
    expect(await ask(id)).toBe(await ask(absent));
    expect(await ask(id)).toContain("UNKNOWN_NODE");
    expect(await server.ledgerSize()).toBe(before);
  });

  test("is in no list, no search and no file's uses", async () => {
    const { ours, theirs, mine, hidden } = await twoNamespaces();
    const file = await anArtifact(server);
    await aDataset(server, { namespace: theirs, name: hidden.name, files: [{ ...file, path: "salaries.csv" }] });
    const token = await server.tokenFor({ [ours]: ["VIEWER"] });
    const text = `query A($text: String!, $digest: String!, $theirs: String!) {
      datasets { nodes { name } totalCount { count } }
      theirs: datasets(namespace: $theirs) { nodes { name } totalCount { count } }
      search(text: $text) { nodes { id } }
      fileUses(digest: $digest) { path version { id } }
    }`;
    const variables = { text: hidden.name, digest: file.digest, theirs };
    const { data } = await server.gql(text, variables, token);
    expect(data).toEqual({
      datasets: { nodes: [{ name: mine.name }], totalCount: { count: 1 } },
      theirs: { nodes: [], totalCount: { count: 0 } },
      search: { nodes: [] },
      fileUses: [],
    });
    expect((await server.gql(text, variables)).data.fileUses).toMatchObject([{ path: "salaries.csv" }]);
  });

  test("is masked in a lineage that leads through it", async () => {
    const { ours, theirs, hidden } = await twoNamespaces();
    const between = await aRun(server, {
      namespace: theirs,
      name: "secret run",
      inputs: [{ role: "in", node: hidden.id }],
      targets: [{ role: "out", namespace: ours, name: "public" }],
      outputs: [{ role: "out", datasetVersion: { files: [await anArtifact(server)], schema: [], rows: null } }],
    });
    const model = await aModel(server, { namespace: ours, from: [between.outputs["out"] ?? ""] });
    const token = await server.tokenFor({ [ours]: ["VIEWER"] });
    const text = `query A($id: ID!) {
      lineage(node: $id) { isPartial reasons edges { depth node { __typename id ... on Run { name } ... on DatasetVersion { key } } } }
      node(id: $id) { ... on ModelVersion { model { name } generatedBy { id inputs { node { id ... on DatasetVersion { generatedBy { name } } } } } } }
    }`;
    const answer = await server.gql(text, { id: model.id }, token);
    const seen = (id: string) =>
      answer.data.lineage.edges.find(({ node }: { node: { id: string } }) => node.id === id)?.node.__typename;
    expect([between.id, hidden.id, model.run].map(seen)).toEqual(["MaskedNode", "MaskedNode", "Run"]);
    expect(answer.data.lineage).toMatchObject({ isPartial: true, reasons: ["NO_ACCESS"] });
    expect(answer.text).not.toMatch(/secret/);
    // A field of one type cannot show a MaskedNode: it is null, with an error that says no more than "not found".
    expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(["NOT_FOUND"]);
  });
});

describe("an attempt's token", () => {
  test("reads its run and that run's inputs, and nothing else", async () => {
    const { ours, mine } = await twoNamespaces();
    const [sibling, model] = [
      await aDataset(server, { namespace: mine.namespace, name: mine.name }),
      await aModel(server, { namespace: ours }),
    ];
    const other = await aQueuedRun(server, { namespace: ours });
    const run = await aQueuedRun(server, { namespace: ours, inputs: [{ role: "train", node: mine.id }] });
    const { token } = await anAttempt(server, run);
    const text = `query A($id: ID!) { node(id: $id) { id } }`;
    const seen = async (id: string) => (await server.gql(text, { id }, token)).data.node !== null;
    expect([await seen(run), await seen(mine.id)]).toEqual([true, true]);
    for (const id of [sibling.id, model.id, model.run, other]) expect([id, await seen(id)]).toEqual([id, false]);

    const lists = ["datasets", "models", "codeVersions", "runs", "reports", "runners", "plugins"];
    const all = lists.map((list) => `${list} { nodes { id } }`).join(" ");
    const { data, errors } = await server.gql(`{ ${all} search(text: "") { nodes { id } } }`, {}, token);
    expect(errors).toEqual([]);
    expect(data).toEqual(Object.fromEntries([...lists, "search"].map((list) => [list, { nodes: [] }])));
  });

  test("comes with the run's inputs, in namespaces too that its runner may not read", async () => {
    const { ours, mine, hidden } = await twoNamespaces();
    const inputs = [mine, hidden].map(({ id }) => ({ role: "train", node: id }));
    const run = await aQueuedRun(server, { namespace: ours, inputs });
    const runner = await aRunner(server, { namespaces: [ours] });
    const { data } = await server.gql(
      ClaimRunDocument,
      { input: { run, attempt: 1, runner: runner.id } },
      runner.token,
    );
    const shown = data.claimRun.run?.inputs.flatMap(({ node }) => ("key" in node ? [node.key] : []));
    expect(shown).toEqual([mine.key, hidden.key]);
    const read = await server.gql("query A($id: ID!) { node(id: $id) { id } }", { id: hidden.id }, runner.token);
    expect(read.data.node).toBeNull();
  });

  test("does not lead from an input to the other versions of its dataset", async () => {
    const { mine } = await twoNamespaces();
    await aDataset(server, { namespace: mine.namespace, name: mine.name });
    const run = await aQueuedRun(server, { inputs: [{ role: "train", node: mine.id }] });
    const { token } = await anAttempt(server, run);
    const text = `query A($id: ID!) {
      node(id: $id) { ... on Run { inputs { node { ... on DatasetVersion { dataset { versions { nodes { id } } } } } } } }
    }`;
    const { data, errors } = await server.gql(text, { id: run }, token);
    expect(data.node).toBeNull();
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(["NOT_FOUND"]);
  });

  test("reads the bytes of its inputs, and of no other version", async () => {
    const [file, hidden] = [await anArtifact(server), await anArtifact(server)];
    await aDataset(server, { files: [hidden] });
    const input = await aDataset(server, { files: [file] });
    const run = await aQueuedRun(server, { inputs: [{ role: "train", node: input.id }] });
    const { token } = await anAttempt(server, run);
    const status = async (digest: string) =>
      (await fetch(`${server.url}/artifacts/${digest}`, { headers: bearer(token) })).status;
    expect([await status(file.digest), await status(hidden.digest)]).toEqual([200, 404]);
  });

  test("reports on its own run only, and changes nothing else", async () => {
    const runner = await aRunner(server);
    const [run, other] = [await aQueuedRun(server), await aQueuedRun(server)];
    const { token } = await anAttempt(server, run, runner);
    const { attempt } = await anAttempt(server, other, runner);
    const before = await server.ledgerSize();
    const tries: [string, string, object][] = [
      ["startRun", "StartRunInput", { run: other, attempt, environment: {} }],
      ["startRun", "StartRunInput", { run, attempt: 2, environment: {} }],
      ["finishRun", "FinishRunInput", { run: other, attempt }],
      ["recordRun", "RecordRunInput", { namespace: "tests" }],
      ["recordEnvironment", "RecordEnvironmentInput", { values: {} }],
      ["registerPlugin", "RegisterPluginInput", { manifest: aManifest() }],
      ["cancelRun", "CancelRunInput", { run }],
      ["claimRun", "ClaimRunInput", { run: await aQueuedRun(server), attempt: 1, runner: runner.id }],
    ];
    const grown = (await server.ledgerSize()) - before;
    const codes = await Promise.all(
      tries.map(async ([name, type, input]) => codeOf(await mutate(name, type, input, token))),
    );
    expect(codes.slice(0, -2)).toEqual(Array(tries.length - 2).fill("FORBIDDEN"));
    expect(codes.slice(-2)).toEqual(["UNKNOWN_NODE", "UNKNOWN_NODE"]);
    expect((await server.ledgerSize()) - before).toBe(grown);
    expect(codeOf(await server.gql("{ tokens { id } }", {}, token))).toBe("FORBIDDEN");
  });

  test("that was changed is none", async () => {
    const { token } = await anAttempt(server, await aQueuedRun(server));
    const [body, mac] = token.slice("clewrun_".length).split(".") as [string, string];
    const claim = JSON.parse(Buffer.from(body, "base64url").toString()) as unknown[];
    const forged = Buffer.from(JSON.stringify([claim[0], 2, claim[2]])).toString("base64url");
    expect((await server.gql("{ tokens { id } }", {}, `clewrun_${forged}.${mac}`)).status).toBe(401);
  });
});

describe("a token", () => {
  const make = async (expiresInDays: number) => {
    const grants = [{ namespace: "*", roles: ["VIEWER" as const] }];
    const input = { agent: unique("agent"), kind: "USER" as const, name: "n", grants, expiresInDays };
    const { data } = await server.gql(CreateTokenDocument, { input });
    return { id: data.createToken.token!, secret: data.createToken.secret! };
  };
  const authenticatorAt = (now: () => number) => {
    const { stores, secrets } = server.running.server;
    return new Authenticator(stores.database.operations, stores.database.nodes, secrets.attemptTokens, now);
  };

  test("that was revoked before it was used is refused, as one that never was", async () => {
    const { id, secret } = await make(1);
    await server.gql(RevokeTokenDocument, { input: { token: id } });
    const refused = await server.gql("{ datasets { nodes { id } } }", {}, secret);
    expect(refused.status).toBe(401);
    expect(refused.text).toBe((await server.gql("{ datasets { nodes { id } } }", {}, "clew_nothing")).text);
  });

  test("that was revoked after it was used works for five more seconds at most", async () => {
    const { id, secret } = await make(1);
    let now = Date.now();
    const authenticator = authenticatorAt(() => now);
    expect(await authenticator.authenticate(secret)).not.toBeNull();
    await server.gql(RevokeTokenDocument, { input: { token: id } });
    now += 5_000;
    expect(await authenticator.authenticate(secret)).toBeNull();
  });

  test("works until it expires, and not a moment longer, even when it was just used", async () => {
    const { secret } = await make(1);
    let now = Date.now() + DAY_MS - 2_000;
    const authenticator = authenticatorAt(() => now);
    expect(await authenticator.authenticate(secret)).not.toBeNull();
    now += 2_001;
    expect(await authenticator.authenticate(secret)).toBeNull();
  });
});

test("no token is in the log, nor in any file but the administrator's own", async () => {
  const own = await startTestServer();
  const runner = await aRunner(own);
  const attempt = await anAttempt(own, await aQueuedRun(own), runner);
  const viewer = await own.tokenFor({ "*": ["VIEWER"] });
  const secrets = [own.adminToken, runner.token, attempt.token, viewer];
  for (const token of secrets) {
    await own.gql("{ datasets { nodes { id } } }", {}, token);
    await own.gql("{ nothing", {}, token);
    await fetch(`${own.url}/graphql?query={tokens{id}}`, { headers: bearer(token) });
    await fetch(`${own.url}/artifacts/sha256:00`, { headers: bearer(token) });
    await fetch(`${own.url}/graphql`, { method: "POST", headers: { ...bearer(token), "content-type": "text/plain" } });
  }
  await own.running.stop();
  const files = readdirSync(own.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "admin.token")
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  const kept = Buffer.concat([...files, Buffer.from(own.log.join("\n"))]);
  // What must be found shows that the search finds things.
  for (const there of [runner.id, attempt.run, '"ready"']) expect([there, kept.includes(there)]).toEqual([there, true]);
  for (const secret of secrets) {
    expect(kept.includes(secret)).toBe(false);
    expect(kept.includes(secret.slice(-20))).toBe(false);
  }
  await own.stop();
});
