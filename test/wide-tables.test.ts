import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { VerifyLedgerDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createLogger, startRunner } from "../runners/node/src/index.ts";
import { aDataset, anArtifact, aQueuedRun, aRunner as anEnrolment } from "./support/builders.ts";
import { theRun } from "./support/metering-runs.ts";
import { freshDatabase, postgresForTests, type TestPostgres } from "./support/postgres.ts";
import { aFolder, aShellPlugin, deleteStreams, eventually, hostConfig } from "./support/runner-host.ts";
import { startTestServer, type TestServer, unique } from "./support/server.ts";
import { expectWide, lineageOf, schemaOf, statisticsOf } from "./support/wide-tables.ts";

const NATS = process.env["CLEW_TEST_NATS_URL"] ?? "";
const COLUMNS = 10_000;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await postgresForTests();
});
afterAll(() => postgres.stop());

/** The real server on PostgreSQL, with a NATS prefix of its own. */
async function aServer(settings: { bodyMaxBytes?: number } = {}) {
  const natsPrefix = unique("wide");
  const { url: postgresUrl, drop } = await freshDatabase(postgres);
  const server = await startTestServer({ natsUrl: NATS, natsPrefix, postgresUrl, ...settings });
  onTestFinished(async () => {
    await server.stop();
    await drop();
    const connection = await connect({ servers: NATS });
    await deleteStreams(await jetstreamManager(connection), natsPrefix);
    await connection.close();
  });
  return { server, natsPrefix };
}

async function aHost({ server, natsPrefix }: Awaited<ReturnType<typeof aServer>>, pluginDirs: string[]): Promise<void> {
  const enrolled = await anEnrolment(server);
  const where = {
    natsUrl: NATS,
    natsPrefix,
    serverUrl: server.url,
    runnerId: enrolled.id,
    runnerToken: enrolled.token,
  };
  const log = createLogger("debug", [enrolled.token], { write: () => {} });
  const runner = await startRunner({ log, config: await hostConfig({ ...where, pluginDirs }) });
  onTestFinished(() => runner.stop());
}

/** A plugin that makes a wide table of its input's columns, and fails where it was not told of all of them. */
async function aWidePlugin(name: string): Promise<string> {
  const output = {
    nodeType: "DatasetVersion",
    dir: "made",
    rows: 1,
    schema: schemaOf(COLUMNS),
    statistics: statisticsOf(COLUMNS),
    columnLineage: lineageOf(COLUMNS, "data"),
  };
  const said = `${JSON.stringify({ type: "output", role: "table", output })}\n`;
  const told = `while read -r line; do case "$line" in *'"type":"inputs"'*) break ;; esac; done
printf '%s' "$line" | grep -o '"nullable"' | wc -l | grep -qx ${2 * COLUMNS} || exit 1`;
  const script = `${told}\nmkdir "$CLEW_OUTPUT_DIR/made"; echo x > "$CLEW_OUTPUT_DIR/made/rows.csv"\ncat said.jsonl\necho '{"type":"result"}'`;
  const dir = await aShellPlugin(name, script, { table: { type: "DatasetVersion", description: "Wide." } });
  await writeFile(join(dir, "said.jsonl"), said);
  return dir;
}

async function aWideRun(server: TestServer): Promise<string> {
  // Names long enough that the columns of both inputs together are more than NATS carries.
  const schema = schemaOf(COLUMNS).map((one) => ({ ...one, name: one.name.padEnd(60, "_") }));
  const inputs = await Promise.all(
    [1, 2].map(async () => ({
      role: "data",
      node: (await aDataset(server, { schema, files: [await anArtifact(server)] })).id,
    })),
  );
  const outputs = [{ role: "table", key: `tests/${unique("table").toLowerCase()}` }];
  return await aQueuedRun(server, { plugin: "widens", inputs, outputs });
}

const ended = async (server: TestServer, id: string, state: string) =>
  await eventually(async () => expect((await theRun(server, id)).state).toBe(state), 60_000);

test(`a runner takes inputs of ${COLUMNS} columns and makes an output of as many, with statistics and lineage`, async () => {
  const clew = await aServer();
  const { server } = clew;
  await aHost(clew, [await aWidePlugin("widens")]);
  const id = await aWideRun(server);
  await ended(server, id, "SUCCEEDED");
  const { outputs } = await theRun(server, id);
  await expectWide(server, outputs[0]!.node.id, COLUMNS, "data");
  const { data } = await server.gql(VerifyLedgerDocument, {});
  expect(data.verifyLedger).toMatchObject({ ok: true, firstFault: null });
});

test("an attempt fails with PROTOCOL_VIOLATION where the server takes no request as large as its report", async () => {
  const clew = await aServer({ bodyMaxBytes: 2_000_000 });
  const { server } = clew;
  await aHost(clew, [await aWidePlugin("widens")]);
  const id = await aWideRun(server);
  await ended(server, id, "FAILED");
  const [attempt] = (await theRun(server, id)).attempts;
  expect(attempt?.failure).toMatchObject({
    type: "PROTOCOL_VIOLATION",
    message: expect.stringContaining("REQUEST_TOO_LARGE"),
  });
});

test(`${COLUMNS} columns are published to PostgreSQL and read back`, async () => {
  const { server } = await aServer();
  const { id } = await aDataset(server, { schema: schemaOf(COLUMNS), statistics: statisticsOf(COLUMNS) });
  await expectWide(server, id, COLUMNS);
});
