import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { openPostgres, type SqlDatabase } from "../server/src/adapters/mikro-orm/index.ts";
import { Recorder } from "../server/src/ledger/recorder.ts";
import { DatabaseUnavailable } from "../server/src/ports/ledger-store.ts";
import { describeLedgerStore } from "../server/src/ports/ledger-store.contract.ts";
import { allEntries, count, counterId, faulty, refusal, valueIn } from "../server/src/ports/ledger-store.fixture.ts";
import { ReadTimedOut } from "../server/src/ports/node-reader.ts";
import { erasure, meet } from "../server/src/ports/personal-data.contract.ts";
import { columnsWith, databaseFilesWith } from "./support/byte-search.ts";
import { unique } from "./support/server.ts";
import { freshDatabase, postgresForTests, sql, type TestPostgres } from "./support/postgres.ts";

const TABLES =
  "document, file, idempotency, lease, ledger, measurement, node, node_history, position, tag, token, value, webhook, personal";

let shared: SqlDatabase | undefined;
let server: TestPostgres;
let url: string;
let drop: () => Promise<void>;
beforeAll(async () => {
  server = await postgresForTests();
  ({ url, drop } = await freshDatabase(server));
});
afterAll(async () => {
  if (shared) await close(shared);
  await drop();
  await server.stop();
});

async function close(database: SqlDatabase): Promise<void> {
  await database.ledger.close();
  await database.close();
}

/** As at the first start: no rows, and a ledger with a new id. */
async function emptied(): Promise<void> {
  await sql(url, `truncate ${TABLES}`);
  await sql(
    url,
    "update ledger_head set ledger_id = gen_random_uuid()::text, seq = 0, recorded_at = 0, leaf_hash = ''",
  );
}

/** Every connection to the database ends in the middle of what it does. */
async function cutConnections(database: string): Promise<void> {
  await sql(
    database,
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  ).catch(() => {});
}

/** Of the connections of which this holds: how many there are, and how many keep old rows from being cleared away. */
async function snapshots(condition: string): Promise<unknown> {
  const [row] = await sql(
    url,
    `select count(*)::int as connections, count(backend_xmin)::int as kept from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and ${condition}`,
  );
  return row;
}

async function cutUntil(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await cutConnections(url);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** As a client does: the same again as long as the database cannot be reached. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
    }
  }
}

describeLedgerStore("PostgreSQL", async () => {
  shared ??= await openPostgres(url, 2);
  await emptied();
  return { ...shared, dispose: () => Promise.resolve() };
});

describe("several servers on one PostgreSQL", () => {
  const CLIENTS = 20;
  const EACH = 15;
  let databases: SqlDatabase[];
  beforeAll(async () => {
    databases = await Promise.all([openPostgres(url, 2), openPostgres(url, 2)]);
  });
  beforeEach(emptied);
  afterAll(() => Promise.all(databases.map(close)));

  it("migrate at once, and agree on the ledger's id", async () => {
    const other = await freshDatabase(server);
    const opened = await Promise.all([1, 2, 3].map(() => openPostgres(other.url, 2)));
    const ids = await Promise.all(opened.map(async ({ ledger }) => (await ledger.head()).ledgerId));
    expect(new Set(ids).size).toBe(1);
    await Promise.all(opened.map(close));
    await other.drop();
  });

  it("record without a gap, lose and double nothing, and never decide on stale heads", async () => {
    const recorders = databases.map(({ ledger }) => new Recorder(ledger));
    const client = async (n: number) => {
      const recorder = recorders[n % recorders.length]!;
      const answers: { value: number; seq: number }[] = [];
      for (let i = 0; i < EACH; i++) {
        const [one] = await Promise.all([
          recorder.record(count("shared")),
          recorder.record(refusal("shared")),
          recorder.record(count(`own-${n}`)),
          recorder.record(faulty("shared")).catch(() => {}),
        ]);
        if (one.ok) answers.push({ value: one.answer.value, seq: one.seq });
      }
      return answers;
    };
    const answers = (await Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(n)))).flat();

    const entries = await allEntries(databases[0]!.ledger);
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 2 * CLIENTS * EACH }, (_, n) => n + 1));
    const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
    // Every value was answered to one client and once, and stands in the entry that the answer named.
    expect(answers.map(({ value }) => value).toSorted((a, b) => a - b)).toEqual(upTo(CLIENTS * EACH));
    for (const { value, seq } of answers) expect(valueIn(entries[seq - 1]!)).toBe(value);
    const [shared] = await databases[1]!.nodes.byIds([counterId("shared")]);
    expect(shared?.attributes["value"]).toBe(CLIENTS * EACH);
    const own = await databases[1]!.nodes.byIds(upTo(CLIENTS).map((n) => counterId(`own-${n - 1}`)));
    expect(own.map(({ attributes }) => attributes["value"])).toEqual(Array(CLIENTS).fill(EACH));
    const times = entries.map(({ recordedAt }) => recordedAt);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it("answer a key that both get at once the same way", async () => {
    const recorders = databases.map(({ ledger }) => new Recorder(ledger));
    const keys = Array.from({ length: 50 }, (_, n) => `k${n}`);
    const answers = await Promise.all(
      recorders.map((recorder) => Promise.all(keys.map((key) => recorder.record(count("a", { key }))))),
    );
    // Only the one that came first says what it has changed.
    const said = answers.map((all) => all.map((one) => ({ ...one, changed: [] })));
    expect(said[0]).toEqual(said[1]);
    expect((await databases[0]!.ledger.head()).seq).toBe(keys.length);
  });

  it("hear of each other's entries and progress", async () => {
    const [here, there] = databases.map(({ ledger }) => ledger);
    const heard: unknown[] = [];
    onTestFinished(there!.onAppend((seq) => heard.push(seq)));
    onTestFinished(there!.onAdvance((follower, seq) => heard.push([follower, seq])));
    await new Recorder(here!).record(count("a"));
    here!.announce("graph", 1);
    // A hint may come twice, as when a connection was made again.
    await expect.poll(() => heard).toEqual(expect.arrayContaining([1, ["graph", 1]]));
  });

  describe("locks", () => {
    const never = new AbortController().signal;
    const isFree = async (name: string) => {
      const patience = AbortSignal.timeout(300);
      const taken = databases[1]!.ledger.lock(name, patience).then(
        (lock) => lock.release().then(() => true),
        () => false,
      );
      return taken;
    };

    it("belong to one, until it gives them back", async () => {
      const lock = await databases[0]!.ledger.lock("a", never);
      const order: string[] = [];
      const next = databases[1]!.ledger.lock("a", never).then((give) => {
        order.push("taken");
        return give;
      });
      await expect.poll(() => isFree("b")).toBe(true);
      order.push("given back");
      await lock.release();
      await (await next).release();
      expect(order).toEqual(["given back", "taken"]);
    });

    it("are free again when the connection that holds them is gone", async () => {
      const { lost } = await databases[0]!.ledger.lock("dies", never);
      expect(lost.aborted).toBe(false);
      expect(await isFree("dies")).toBe(false);
      await sql(
        url,
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database()) and objid = (hashtextextended('clew:dies', 0) & 4294967295)::oid",
      );
      await expect.poll(() => isFree("dies")).toBe(true);
      await expect.poll(() => lost.aborted).toBe(true);
    });

    it("are waited for without a snapshot, which would keep all that is replaced meanwhile from being cleared away", async () => {
      const lock = await databases[0]!.ledger.lock("d", never);
      const next = databases[1]!.ledger.lock("d", never);
      await expect.poll(() => snapshots("query like '%advisory_lock%'")).toEqual({ connections: 2, kept: 0 });
      await lock.release();
      await (await next).release();
    });

    it("can be waited for no longer", async () => {
      const lock = await databases[0]!.ledger.lock("c", never);
      const leaving = new AbortController();
      const waiting = databases[1]!.ledger.lock("c", leaving.signal);
      leaving.abort();
      await expect(waiting).rejects.toThrow();
      await lock.release();
    });
  });

  it("go on after every connection was cut, and hear again of what is appended", async () => {
    const recorder = new Recorder(databases[0]!.ledger);
    await recorder.record(count("a"));
    const heard: number[] = [];
    onTestFinished(databases[1]!.ledger.onAppend((seq) => heard.push(seq)));
    await cutConnections(url);
    expect(await recorder.record(count("a", { key: "k" }))).toMatchObject({ ok: true, seq: 2, answer: { value: 2 } });
    const other = databases[1]!;
    expect((await untilAnswered(() => other.ledger.head())).seq).toBe(2);
    const [counter] = await untilAnswered(() => other.nodes.byIds([counterId("a")]));
    expect(counter?.attributes["value"]).toBe(2);
    await expect.poll(() => heard).toContain(2);
    await recorder.record(count("a"));
    await expect.poll(() => heard).toContain(3);
  });

  it("lose and double nothing when connections are cut again and again", async () => {
    const recorders = databases.map(({ ledger }) => new Recorder(ledger));
    const cuts = new AbortController();
    const cutting = cutUntil(cuts.signal);
    const keys = Array.from({ length: 200 }, (_, n) => `k${n}`);
    const answers = await Promise.all(
      keys.map((key, n) => untilAnswered(() => recorders[n % 2]!.record(count("a", { key })))),
    );
    cuts.abort();
    await cutting;
    const values = answers.flatMap((one) => (one.ok ? [one.answer.value] : []));
    expect(values.toSorted((a, b) => a - b)).toEqual(keys.map((_, n) => n + 1));
    expect((await untilAnswered(() => databases[0]!.ledger.head())).seq).toBe(keys.length);
  });

  it("leave nothing of what was erased in the database's files, once no export reads it", async () => {
    const [one, other] = databases;
    const recorder = new Recorder(one!.ledger);
    const [first, last] = ["first", "last"].map((name) => `the ${name} ${crypto.randomUUID()}`) as [string, string];
    const names = [first, ...Array.from({ length: 50 }, (_, n) => `person ${n}`), last];
    await Promise.all(names.map((name) => recorder.record(meet(name))));
    expect(await databaseFilesWith(url, first)).not.toEqual([]);
    const snapshot = await other!.copies.snapshot();
    await recorder.record(erasure(first));
    expect(await one!.personalData.scrub()).toBe(false);
    // The export has the state of its start.
    let copied = 0;
    for await (const rows of snapshot.rows("personal")) copied += rows.length;
    expect(copied).toBe(names.length);
    await snapshot.close();
    expect(await one!.personalData.scrub()).toBe(true);
    expect(await columnsWith(url, first)).toEqual([]);
    expect(await databaseFilesWith(url, first)).toEqual([]);
    expect(await other!.personalData.of(counterId(last))).toMatchObject([{ value: last }]);
  });

  it("give up a read that takes too long, and not the ledger's own work", async () => {
    const own = await openPostgres(url, 2, 200);
    const holding = new Client({ connectionString: url });
    await holding.connect();
    await holding.query("begin; lock table node in access exclusive mode");
    await expect(own.nodes.byIds(["Run:none"])).rejects.toBeInstanceOf(ReadTimedOut);
    const waiting = new Recorder(own.ledger).record(count(unique("slow")));
    await expect.poll(() => snapshots("wait_event_type = 'Lock'")).toMatchObject({ connections: 1 });
    await new Promise((resolve) => setTimeout(resolve, 400));
    await holding.query("commit");
    expect(await waiting).toMatchObject({ ok: true });
    // Again and again, until one takes no longer than it may.
    await expect.poll(() => own.nodes.byIds(["Run:none"])).toEqual([]);
    await holding.end();
    await close(own);
  });

  it("refuse to run where an acknowledged write may be lost", async () => {
    const other = await freshDatabase(server);
    const name = new URL(other.url).pathname.slice(1);
    await sql(server.url, `alter database ${name} set synchronous_commit = off`);
    await expect(openPostgres(other.url, 2)).rejects.toThrow(/synchronous_commit=off/);
    await other.drop();
  });
});
