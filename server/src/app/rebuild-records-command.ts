import pino from "pino";
import type { Config } from "../config/config.ts";
import { remakeRecords } from "../ledger/remake-records.ts";
import { makeLedgerEngine } from "./ledger-engine.ts";
import { openStores } from "./open-stores.ts";
import { readSecrets } from "./secrets.ts";
import { ALL_FACTS } from "./server-schema.ts";
import { signingIn } from "./signing.ts";
import { Stops } from "./stops.ts";

/**
 * `main rebuild-records`: makes the tables of nodes, their history and tags again from the ledger, and ends. One transaction, which on
 * PostgreSQL servers may run beside: they read what was there before until it ends, and what they record waits.
 * @throws where the ledger is not what was signed, or the embedded stores are held by a running server; then nothing has changed.
 */
export async function rebuildRecordsCommand(config: Config): Promise<void> {
  const log = pino(
    { level: config.logLevel, base: { service: "clew-rebuild-records" } },
    pino.destination(process.stderr.fd),
  );
  const stops = new Stops(log);
  try {
    const { database, graph } = await openStores(config, stops, log);
    const signing = signingIn(config.dataDir, readSecrets(config.dataDir));
    const { checkpointer, facts } = makeLedgerEngine(database.ledger, graph, ALL_FACTS, signing, log);
    await checkpointer.open();
    const signed = await checkpointer.readSigned();
    if (typeof signed === "string") throw new Error(signed);
    const entries = await remakeRecords({ copies: database.copies, facts, signed });
    process.stdout.write(`nodes, their history and tags are as ${entries} entries of the ledger tell them\n`);
  } finally {
    await stops.stopAll();
  }
}
