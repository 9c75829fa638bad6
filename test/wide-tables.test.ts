import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { VerifyLedgerDocument } from "@clew/schema/graphql";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createLogger, startRunner } from "../runners/node/src/index.ts";
import { aDataset, aRunner as anEnrolment } from "./support/builders.ts";
import { theRun } from "./support/metering-runs.ts";
import { freshDatabase, postgresForTests, type TestPostgres } from "./support/postgres.ts";
import { deleteStreams, eventually, hostConfig } from "./support/runner-host.ts";
import { startTestServer, type TestServer, unique } from "./support/server.ts";
import { aWidePlugin, aWideRun } from "./support/wide-plugin.ts";
import { expectWide, schemaOf, statisticsOf } from "./support/wide-tables.ts";

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

const ended = async (server: TestServer, id: string, state: string) =>
  await eventually(async () => expect((await theRun(server, id)).state).toBe(state), 60_000);

test(`a runner takes inputs of ${COLUMNS} columns and makes an output of as many, with statistics and lineage`, async () => {
  const clew = await aServer();
  const { server } = clew;
  await aHost(clew, [await aWidePlugin(COLUMNS)]);
  const id = await aWideRun(server, COLUMNS);
  await ended(server, id, "SUCCEEDED");
  const { outputs } = await theRun(server, id);
  await expectWide(server, outputs[0]!.node.id, COLUMNS, "data");
  const { data } = await server.gql(VerifyLedgerDocument, {});
  expect(data.verifyLedger).toMatchObject({ ok: true, firstFault: null });
});

test("an attempt fails with PROTOCOL_VIOLATION where the server takes no request as large as its report", async () => {
  const clew = await aServer({ bodyMaxBytes: 2_000_000 });
  const { server } = clew;
  await aHost(clew, [await aWidePlugin(COLUMNS)]);
  const id = await aWideRun(server, COLUMNS);
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
