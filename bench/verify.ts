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
  readonly verifyLedger: {
    readonly ok: boolean;
    readonly entries: number;
    readonly records: { readonly entries: number } | null;
  };
}

/** Entries a second, one for each repeat. */
interface Verification {
  readonly entries: number;
  readonly verified: readonly number[];
  /** The same and the tables compared with what the entries tell. */
  readonly compared: readonly number[];
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
  return {
    figures: [...figuresOf("SQLite", sqlite), ...figuresOf("PostgreSQL", postgres)],
    detail: { sqlite, postgres },
  };
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
  return withServer(dir, environment, async (server) => {
    await server.untilProjected();
    const ask = async (records: boolean) => {
      const { verifyLedger } = await server.client.data<Verified>(String(VerifyLedgerDocument), { records });
      const found = records ? (verifyLedger.records?.entries ?? 0) : verifyLedger.entries;
      if (!verifyLedger.ok || found < entries) throw new Error("the ledger was not found right");
      return found;
    };
    const verified = await repeated(() => ask(false));
    return { entries, verified, compared: await repeated(() => ask(true)), readAndHashed };
  });
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

function figuresOf(store: string, { verified, compared, readAndHashed }: Verification): Figure[] {
  const limit = { what: "reading and hashing it", value: median(readAndHashed) };
  return [
    {
      work: `verification of the ledger, ${store}`,
      value: median(verified),
      unit: "/s",
      limit,
      mark: { atLeast: 200_000 },
    },
    { work: `verification of the ledger and the records, ${store}`, value: median(compared), unit: "/s", limit },
  ];
}
