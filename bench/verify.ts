/** How fast the server verifies its whole ledger, as `clew verify` asks for it. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { VerifyLedgerDocument } from "@clew/schema/graphql";
import { openPostgres, openSqlite, type SqlDatabase } from "../server/src/adapters/mikro-orm/index.ts";
import { type BenchOptions, type Figure, type Measured, median } from "./support/figures.ts";
import { writeLineage } from "./support/lineage-ledger.ts";
import { withServer } from "./support/server.ts";
import { inFolder, withServices } from "./support/services.ts";

const REPEATS = 5;
const PAGE = 1_000;

interface Verified {
  readonly verifyLedger: { readonly ok: boolean; readonly entries: number };
}

/** Entries a second, one for each repeat. */
interface Verification {
  readonly entries: number;
  readonly verified: readonly number[];
  /** Read page by page and hashed with SHA-256 in one process, nothing compared. */
  readonly readAndHashed: readonly number[];
}

export async function benchVerify({ quick }: BenchOptions): Promise<Measured> {
  const runs = quick ? 1_300 : 100_000;
  const sqlite = await inFolder("verify", (dir) => verify(dir, {}, runs, () => openSqlite(join(dir, "clew.db"))));
  const postgres = await withServices((services) =>
    inFolder("verify", async (dir) => {
      const { CLEW_POSTGRES_URL: url = "" } = await services.freshStores();
      return verify(dir, { CLEW_POSTGRES_URL: url }, runs, () => openPostgres(url));
    }),
  );
  return { figures: [figureOf("SQLite", sqlite), figureOf("PostgreSQL", postgres)], detail: { sqlite, postgres } };
}

async function verify(
  dir: string,
  environment: Record<string, string>,
  runs: number,
  open: () => Promise<SqlDatabase>,
): Promise<Verification> {
  const database = await open();
  const { entries } = await writeLineage(database.ledger, runs);
  const readAndHashed = await repeated(() => readAndHash(database));
  await database.ledger.close();
  await database.close();
  const verified = await withServer(dir, environment, async (server) => {
    await server.untilProjected();
    return repeated(async () => {
      const { verifyLedger } = await server.client.data<Verified>(String(VerifyLedgerDocument));
      if (!verifyLedger.ok || verifyLedger.entries < entries) throw new Error("the ledger was not found right");
      return verifyLedger.entries;
    });
  });
  return { entries, verified, readAndHashed };
}

/** What `work` answers, a second. */
async function repeated(work: () => Promise<number>): Promise<number[]> {
  const rates: number[] = [];
  for (let n = 0; n < REPEATS; n++) {
    const startedAt = performance.now();
    const done = await work();
    rates.push(Math.round((done / (performance.now() - startedAt)) * 1000));
  }
  return rates;
}

async function readAndHash({ ledger }: SqlDatabase): Promise<number> {
  for (let seq = 0; ; ) {
    const entries = await ledger.entries(seq, PAGE);
    if (entries.length === 0) return seq;
    for (const { bytes } of entries) hash("sha256", bytes, "hex");
    seq += entries.length;
  }
}

function figureOf(store: string, { verified, readAndHashed }: Verification): Figure {
  return {
    work: `verification of the ledger, ${store}`,
    value: median(verified),
    unit: "/s",
    limit: { what: "reading and hashing it", value: median(readAndHashed) },
    mark: { atLeast: 200_000 },
  };
}
