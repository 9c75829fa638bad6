import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Recorder } from "../ledger/recorder.ts";
import {
  allEntries,
  type ContractDatabase,
  count,
  Counter,
  counterId,
  type OpenDatabase,
  TEST_FACTS,
} from "./ledger-store.fixture.ts";

/** What can be read back of what was recorded, and what followers keep. */
export function describeLedgerReads(open: OpenDatabase): void {
  let database: ContractDatabase;
  let recorder: Recorder;
  beforeEach(async () => {
    database = await open();
    recorder = new Recorder(database.ledger);
  });
  afterEach(() => database.dispose());

  it("pages through the entries", async () => {
    await recorder.record(count("a", { times: 5 }));
    const seqs = async (after: number, limit: number) =>
      (await database.ledger.entries(after, limit)).map(({ seq }) => seq);
    expect(await seqs(0, 2)).toEqual([1, 2]);
    expect(await seqs(2, 2)).toEqual([3, 4]);
    expect(await seqs(4, 2)).toEqual([5]);
    expect(await seqs(5, 2)).toEqual([]);
    expect(await seqs(2_000_000, 2)).toEqual([]);
  });

  it.each([
    ["U+0000", "a\u0000b"],
    ["emoji", "🧶 of thread 👩‍🔬"],
    ["quotes and backslashes", `'"\\u0000 \\ $1 ? {x}`],
  ])("keeps %s in a string", async (_, text) => {
    const name = `n${text}`;
    await recorder.record(count(name, { note: text }));
    const [node] = await database.nodes.byIds([counterId(name)]);
    expect(node?.attributes).toMatchObject({ name, note: text });
    const [entry] = await allEntries(database.ledger);
    expect(TEST_FACTS.project(entry!).changes).toMatchObject([{ op: "node", set: { name, note: text } }]);
  });

  it("answers idempotently although the answer holds U+0000", async () => {
    const odd = { ...count("a", { key: "k" }), decide: () => ({ facts: [], answer: { value: "\u0000🧶" as never } }) };
    const first = await recorder.record(odd);
    expect(await recorder.record(odd)).toEqual(first);
    expect(first).toMatchObject({ answer: { value: "\u0000🧶" } });
  });

  it("lists newest, oldest and by name, page by page", async () => {
    for (const name of ["b", "c", "a"]) await recorder.record(count(name));
    const filter = { types: [Counter.name], namespaces: null };
    const names = async (order: "NEWEST" | "OLDEST" | "NAME") => {
      const [first, second] = await database.nodes.list(filter, order, null, 2);
      const { createdSeq, id, attributes } = second!;
      const cursor = { createdSeq, id, name: attributes["name"] as string };
      const rest = await database.nodes.list(filter, order, cursor, 2);
      return [first!, second!, ...rest].map((node) => node.attributes["name"]);
    };
    expect(await names("NEWEST")).toEqual(["a", "c", "b"]);
    expect(await names("OLDEST")).toEqual(["b", "c", "a"]);
    expect(await names("NAME")).toEqual(["a", "b", "c"]);
    expect(await database.nodes.count(filter, 100)).toBe(3);
    expect(await database.nodes.count(filter, 2)).toBe(2);
    expect(await database.nodes.count({ ...filter, nameContains: "%" }, 9)).toBe(0);
    expect(await database.nodes.count({ ...filter, nameContains: "B" }, 9)).toBe(1);
    expect(await database.nodes.count({ ...filter, namespaces: ["other"] }, 9)).toBe(0);
  });

  it("leads from a version to its files and from a digest to its versions", async () => {
    const [v1, v2] = [counterId("v1"), counterId("v2")];
    const file = (versionId: string, path: string, digest: string) => ({ versionId, path, digest, sizeBytes: 2 ** 40 });
    const files = [file(v1, "a", "sha256:aa"), file(v1, "b", "sha256:bb")];
    await recorder.record(count("v1", { side: { files } }));
    // The same rows again, by another command, change nothing.
    await recorder.record(count("v2", { side: { files: [...files, file(v2, "z", "sha256:aa")] } }));
    expect(await database.nodes.files(v1, "", 9)).toEqual(files);
    expect(await database.nodes.files(v1, "a", 9)).toEqual([files[1]]);
    const uses = (await database.nodes.versionsOfFile("sha256:aa", 9)).map(({ versionId }) => versionId);
    expect(uses.toSorted()).toEqual([v1, v2].toSorted());
    expect(await database.nodes.versionsOfFile("sha256:none", 9)).toEqual([]);
  });

  describe("followers", () => {
    it("keep a position each", async () => {
      expect(await database.ledger.position("graph")).toBe(0);
      await database.ledger.advance("graph", 3);
      await database.ledger.advance("graph", 7);
      await database.ledger.advance("announcer", 1);
      expect(await database.ledger.position("graph")).toBe(7);
      expect(await database.ledger.position("announcer")).toBe(1);
    });

    it("hear how far another has come", async () => {
      const heard: unknown[] = [];
      const stop = database.ledger.onAdvance((follower, seq) => heard.push([follower, seq]));
      database.ledger.announce("a follower", 12);
      await expect.poll(() => heard).toEqual([["a follower", 12]]);
      stop();
      database.ledger.announce("a follower", 13);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(heard).toEqual([["a follower", 12]]);
    });

    it("get a lock, and get it again once it was given back", async () => {
      const { signal } = new AbortController();
      for (let n = 0; n < 2; n++) await (await database.ledger.lock("graph", signal)).release();
    });
  });
}
