import { join } from "node:path";
import pino from "pino";
import type { Config } from "../config/config.ts";
import { openStores } from "./open-stores.ts";
import { ALL_FACTS } from "./server-schema.ts";
import { ADMIN_TOKEN_FILE, renewAdminToken } from "./first-start.ts";
import { makeLedgerEngine } from "./ledger-engine.ts";
import { readSecrets } from "./secrets.ts";
import { signingIn } from "./signing.ts";
import { Stops } from "./stops.ts";

/**
 * `main admin-token`: makes another token that may do everything, for who has lost the first, and ends. Whoever may write to the data folder
 * and the database may run it; that it was done stands in the ledger.
 * @throws where there is no ledger, the ledger does not match its checkpoint, or the embedded stores are held by a running server.
 */
export async function adminTokenCommand(config: Config): Promise<void> {
  const log = pino(
    { level: config.logLevel, base: { service: "clew-admin-token" } },
    pino.destination(process.stderr.fd),
  );
  const stops = new Stops(log);
  try {
    const { database, graph } = await openStores(config, stops, log);
    if ((await database.ledger.head()).seq === 0)
      throw new Error(`${config.dataDir} has no ledger yet: the server's first start makes it, with its token`);
    const signing = signingIn(config.dataDir, readSecrets(config.dataDir));
    const { recorder, checkpointer } = makeLedgerEngine(database.ledger, graph, ALL_FACTS, signing, log);
    await checkpointer.open();
    await renewAdminToken(recorder, config.dataDir);
  } finally {
    await stops.stopAll();
  }
  process.stdout.write(`${join(config.dataDir, ADMIN_TOKEN_FILE)} holds a new administrator's token\n`);
}
