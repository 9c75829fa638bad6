import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { outsidePackages } from "./commands/new-plugin.ts";
import { answering, aRun, clewIn } from "./program.fixture.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "clew-cli-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const clew = (...args: string[]) => clewIn(dir, ...args);

describe("exit status", () => {
  it("is 0 for help", async () => {
    const { status, out } = await clew("--help");
    expect(status).toBe(0);
    expect(out).toContain("trace");
  });

  it.each([
    [["nonsense"], "unknown command"],
    [["ls", "nonsense"], "Allowed choices"],
    [["trace"], "give <key|id> or --inference"],
    [["trace", "a/b@1", "--depth", "33"], "1 to 32"],
    [["trace", "a/b@1", "--follow", "nonsense"], "material, subject and causal"],
    [["trace", "a/b@1", "--up", "--down"], "not both"],
    [["trace", "a/b", "--column", "c", "--as-of", "2026-01-31"], "leave out --as-of"],
    [["run", "p", "--namespace", "n", "--input", "nonsense"], "name=value"],
    [["ls", "runs", "--parameter", "lr>fast"], "no number to compare with"],
    [["ls", "runs", "--parameter", "lr"], "name>number"],
    [["diff", "Run:0123456789abcdef0123456789abcdef", "Model:0123456789abcdef0123456789abcdef"], "is no run"],
    [["show", "not a key"], "neither an id nor a key"],
    [["token", "create", "--agent", "a", "--name", "n", "--grant", "flights=NOBODY"], "Roles are"],
    [["publish", "a/b", "/no/such/file"], "no file /no/such/file"],
    [["import", "/no/such/file"], "no file /no/such/file"],
    [["--url", "nonsense", "ls"], "no URL"],
  ])("is 2 for %j", async (args, why) => {
    const { status, err } = await clew(...args);
    expect(err).toContain(why);
    expect(status).toBe(2);
  });

  it("is 1 where nobody answers, and says what to do", async () => {
    const server = await answering({ body: {} });
    server[Symbol.dispose]();
    const { status, err } = await clew("--url", server.url, "ls");
    expect(status).toBe(1);
    expect(err).toBe(
      `clew: no server answers at ${server.url}\n  → start one with \`npm start\` or \`clew up\`, or name another with --url or CLEW_URL`,
    );
  });
});

describe("errors of the server", () => {
  it("come with their code and advice", async () => {
    const errors = [{ message: "no such token", extensions: { code: "UNAUTHENTICATED" } }];
    using server = await answering({ status: 401, body: { errors } });
    const { status, err } = await clew("--url", server.url, "ls");
    expect(status).toBe(1);
    expect(err).toMatch(/^clew: no such token \(UNAUTHENTICATED\)\n {2}→ give a valid token/);
  });

  it("tell of a server that is none of Clew's", async () => {
    using server = await answering({ status: 502, body: "<html>bad gateway</html>" });
    const { status, err } = await clew("--url", server.url, "ls");
    expect(status).toBe(1);
    expect(err).toContain("answered 502, but not as a Clew server does");
  });

  it("name the field of a refusal", async () => {
    const userErrors = [{ code: "PARAMETERS_INVALID", path: ["parameters", "epochs"], message: "must be an integer" }];
    using server = await answering({ body: { data: { submitRun: { run: null, ledgerSeq: null, userErrors } } } });
    const { status, err } = await clew("--url", server.url, "run", "train", "--namespace", "n");
    expect(status).toBe(1);
    expect(err).toContain("clew: parameters.epochs: must be an integer (PARAMETERS_INVALID)\n  → `clew show <plugin>`");
  });
});

describe("trace", () => {
  it("asks for a graph that holds what was just written, and for what an alias named then", async () => {
    const root = { body: { data: { node: { __typename: "Model", id: "Model:1", key: "n/m" } } } };
    const pageInfo = { hasNextPage: false, endCursor: null };
    const lineage = { body: { data: { lineage: { edges: [], pageInfo, reasons: [], ledgerSeq: 7 } } } };
    using server = await answering({ body: { data: { find: [{ id: "ModelVersion:1" }] } } }, root, lineage);
    await clew(
      "--url",
      server.url,
      "trace",
      "n/m@production",
      "--min-seq",
      "7",
      "--as-of",
      "2026-01-31",
      "--known-at",
      "6",
    );
    const asOf = "2026-01-31T00:00:00.000Z";
    expect(server.asked.map(({ variables }) => variables)).toMatchObject([
      { key: "n/m@production", asOf, knownAt: 6 },
      { id: "ModelVersion:1" },
      { node: "ModelVersion:1", minSeq: 7, asOf, knownAt: 6 },
    ]);
  });
});

describe("alias and tag", () => {
  it("send what is set and what is expected", async () => {
    const payload = { alias: "production", ledgerSeq: 7, userErrors: [] };
    using server = await answering({ body: { data: { setAlias: payload } } });
    const args = ["alias", "set", "n/m", "production", "3", "--expect", "2", "--valid-from", "2026-01-31"];
    expect((await clew("--url", server.url, ...args)).out).toBe("n/m@production is version 3");
    expect(server.asked.at(0)?.variables).toEqual({
      input: {
        asset: "n/m",
        alias: "production",
        version: 3,
        expectedVersion: 2,
        validFrom: "2026-01-31T00:00:00.000Z",
      },
    });
  });

  it("tell of a conflict", async () => {
    const userErrors = [{ code: "ALIAS_CONFLICT", path: ["expectedVersion"], message: "production names another" }];
    using server = await answering({ body: { data: { deleteAlias: { ledgerSeq: null, userErrors } } } });
    const { status, err } = await clew("--url", server.url, "alias", "rm", "n/m", "production", "--expect", "2");
    expect(status).toBe(1);
    expect(err).toContain("production names another (ALIAS_CONFLICT)");
  });

  it("find what is tagged by its key", async () => {
    const payload = { key: "team", ledgerSeq: 7, userErrors: [] };
    const found = { body: { data: { find: [{ id: "Model:1" }] } } };
    using server = await answering(found, { body: { data: { setTag: payload } } });
    expect((await clew("--url", server.url, "tag", "set", "n/m", "team=red")).out).toBe("n/m has the tag team=red");
    expect(server.asked.at(1)?.variables).toEqual({ input: { node: "Model:1", key: "team", value: "red" } });
  });
});

describe("run", () => {
  it("sends inputs, outputs and parameters as given", async () => {
    const run = { id: "Run:1", state: "QUEUED" };
    using server = await answering({ body: { data: { submitRun: { run, ledgerSeq: 7, userErrors: [] } } } });
    const args = ["--namespace", "n", "--input", "data=n/d@1", "--input", "data=n/d@2", "--output", "model=n/m"];
    const { out } = await clew(
      "--url",
      server.url,
      "run",
      "train",
      ...args,
      "--param",
      "epochs=3",
      "--seed",
      "0",
      "--requires",
      "Report:1",
      "--requires",
      "Report:2",
      "--key",
      "k",
    );
    expect(out.split("\n")[0]).toBe("Run:1");
    expect(server.asked.at(0)?.variables).toEqual({
      input: {
        plugin: "train",
        namespace: "n",
        parameters: { epochs: 3 },
        inputs: [
          { role: "data", node: "n/d@1" },
          { role: "data", node: "n/d@2" },
        ],
        outputs: [{ role: "model", key: "n/m" }],
        seed: 0,
        requires: ["Report:1", "Report:2"],
      },
      idempotencyKey: "k",
    });
  });

  it("waits for the end, through a change of state, and ends with 1 where the run failed", async () => {
    const submitted = { body: { data: { submitRun: { run: { id: "Run:1" }, ledgerSeq: 7, userErrors: [] } } } };
    const metrics = { body: { data: { node: { metricPoints: [] } } } };
    const failure = { type: "BAD_INPUT", message: "no rows", retryable: false };
    const states = [aRun({ state: "QUEUED" }), metrics, aRun({ state: "FAILED", failure }), metrics];
    using server = await answering(submitted, ...states);
    const { status, err, out } = await clew("--url", server.url, "run", "train", "--namespace", "n", "--wait");
    expect(status).toBe(1);
    expect(out).toContain("✗ train Run:1: FAILED, BAD_INPUT: no rows");
    expect(err).toBe("clew: the run failed: BAD_INPUT: no rows\n  → `clew show Run:1` tells more");
  });
});

describe("export", () => {
  const sending = async (send: (response: ServerResponse) => void) => {
    const server = createServer((request, response) => {
      if (request.url !== "/backup" || request.headers.authorization !== "Bearer secret") response.writeHead(404).end();
      else send(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url, [Symbol.dispose]: () => void server.close() };
  };
  const headers = { "content-type": "application/x-tar", "clew-backup-entries": 12345, "clew-estimated-bytes": 10 };
  const exportTo = (url: string, file: string) => clew("--url", url, "--token", "secret", "export", file);

  it("writes what the server sends, for its owner only, and tells counts and bytes", async () => {
    using server = await sending((response) => response.writeHead(200, headers).end("a tar"));
    const file = join(dir, "backup.tar");
    const { status, out } = await exportTo(server.url, file);
    expect(out).toBe(`✓ export: up to ledger entry 12,345, with all artifacts, 5 B in ${file}`);
    expect([status, readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual([0, "a tar", 0o600]);
  });

  it("keeps nothing of an answer that breaks off, and says so", async () => {
    using server = await sending((response) => {
      response.writeHead(200, headers).write("half", () => setImmediate(() => response.destroy()));
    });
    const { status, err } = await exportTo(server.url, join(dir, "backup.tar"));
    expect(status).toBe(1);
    expect(err).toMatch(/^clew: the export broke off: .*\n {2}→ nothing was kept; look at the server's log/);
    expect(readdirSync(dir)).toEqual([]);
  });

  it("tells the server's refusal, and creates no file", async () => {
    const body = { errors: [{ message: "a backup is for administrators", extensions: { code: "FORBIDDEN" } }] };
    using server = await sending((response) => response.writeHead(403).end(JSON.stringify(body)));
    const { status, err } = await exportTo(server.url, join(dir, "backup.tar"));
    expect([status, err.split("\n")[0]]).toEqual([1, "clew: a backup is for administrators (FORBIDDEN)"]);
    expect(existsSync(join(dir, "backup.tar"))).toBe(false);
  });

  it("overwrites nothing", async () => {
    const file = join(dir, "backup.tar");
    writeFileSync(file, "older");
    expect(await exportTo("http://127.0.0.1:9", file)).toMatchObject({ status: 2 });
    expect(readFileSync(file, "utf8")).toBe("older");
  });
});

describe("new plugin", () => {
  it("writes a plugin named after its folder, and refuses a folder that is not empty", async () => {
    const folder = join(dir, "my-plugin");
    const args = ["new", "plugin", folder, "--language", "command", "--run-type", "VALIDATION"];
    expect((await clew(...args)).status).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, "plugin.json"), "utf8"))).toMatchObject({
      name: "my-plugin",
      runType: "VALIDATION",
    });
    expect(existsSync(join(folder, "package.json"))).toBe(false);
    const again = await clew(...args);
    expect(again).toMatchObject({ status: 2, err: `clew: ${folder} is not empty` });
  });

  it("names the SDK by its path where the folder is outside of the checkout, and says what to run", async () => {
    const folder = join(dir, "outside");
    const { out } = await clew("new", "plugin", folder);
    const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const sdk = /^file:(.*)$/.exec(dependencies["@clew/plugin-sdk"] ?? "")?.[1] ?? "";
    expect(JSON.parse(readFileSync(join(sdk, "package.json"), "utf8"))).toMatchObject({ name: "@clew/plugin-sdk" });
    expect(out).toContain(`First run \`npm install\` in ${folder}, which links the SDK of this checkout.`);
    expect(out).toContain(`npx clew-plugin-test ${folder}`);
  });

  it("leaves that to the workspace where the folder is one of its plugins", () => {
    expect(outsidePackages(resolve(import.meta.dirname, "../../plugins/one-more"))).toBeNull();
    expect(outsidePackages(resolve(import.meta.dirname, "../../examples/one-more"))).not.toBeNull();
  });
});
