import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineFact } from "../core/define-fact.ts";
import { defineNode, place } from "../core/define-node.ts";
import { personal, personalDigest, referredDigest } from "../core/personal.ts";
import type { Command } from "../ledger/command.ts";
import { Recorder } from "../ledger/recorder.ts";
import { personalFault } from "../ledger/verify-personal.ts";
import { allEntries, type ContractDatabase, count, counterId, type OpenDatabase } from "./ledger-store.fixture.ts";
import type { PersonalRow, TokenRow } from "./ledger-store.ts";

const Person = defineNode("Person", {
  description: "Somebody.",
  fields: { name: personal(z.string(), "id"), city: z.string() },
  edges: {},
});
const met = defineFact({
  type: "test.met",
  v: 1,
  payload: z.strictObject({ person: Person.schema, note: personal(z.string(), "person.id") }),
  project: ({ person }) => place(Person, person),
});

interface Met {
  readonly note?: string;
  readonly key?: string;
  readonly tokens?: readonly TokenRow[];
}

/** Records that somebody was met. */
export function meet(name: string, { note = "", key = crypto.randomUUID(), tokens = [] }: Met = {}): Command {
  const fact = met.of({ person: { id: counterId(name), name, city: "Turin" }, note });
  const decide = () => ({ facts: [fact], answer: {}, side: { tokens } });
  return { ...count(name, { key }), mutation: "meet", heads: [counterId(name)], decide };
}

/** Erases somebody. */
export const erasure = (name: string): Command => ({
  ...count(`erases ${name}`),
  decide: (heads, context) => ({ ...count("erasures").decide(heads, context), erases: [counterId(name)] }),
});

const aToken = (owner: string): TokenRow => ({
  id: `Token:${owner}`,
  hash: owner,
  name: `of ${owner}`,
  agentId: counterId(owner),
  grants: "{}",
  expiresAt: null,
  revokedAt: null,
});

/** Values that can be erased, beside entries that cannot. */
export function describePersonalData(open: OpenDatabase): void {
  let database: ContractDatabase;
  let recorder: Recorder;
  beforeEach(async () => {
    database = await open();
    recorder = new Recorder(database.ledger);
  });
  afterEach(() => database.dispose());

  const meetAll = (...commands: Command[]) => Promise.all(commands.map((command) => recorder.record(command)));
  const values = async (name: string) =>
    (await database.personalData.of(counterId(name))).map(({ path, value, seq }) => [path, value, seq]);
  const named = async (name: string, how: "name" | "nameContains" = "name") => {
    const filter = { types: ["Person"], namespaces: null, [how]: name, personalNames: true };
    return (await database.nodes.list(filter, "NAME", null, 9)).map(({ id }) => id);
  };
  const fault = () => personalFault(database.personalData, database.ledger, undefined);

  describe("personal values", () => {
    it("stand beside the entry, which holds their digests, as does the node", async () => {
      await meetAll(meet("Ada"), meet("Bo", { note: "late" }));
      expect(await values("Ada")).toEqual([["/person/name", "Ada", 1]]);
      expect(await values("Bo")).toEqual([
        ["/note", "late", 2],
        ["/person/name", "Bo", 2],
      ]);
      const [row] = await database.personalData.of(counterId("Ada"));
      expect(personalDigest(row!.salt, "Ada")).toBe(row!.digest);
      const [entry] = await allEntries(database.ledger);
      const text = Buffer.from(entry!.bytes).toString("utf8");
      expect(text).toContain(`"name":{"$personal":"${row!.digest}"}`);
      expect(text).not.toContain("Ada");
      const [node] = await database.nodes.byIds([counterId("Ada")]);
      expect(node!.attributes).toMatchObject({ name: { $personal: row!.digest }, city: "Turin" });
      expect(await database.nodes.personal([row!.digest, "none"])).toEqual(new Map([[row!.digest, "Ada"]]));
      expect(await fault()).toBeNull();
    });

    it("are found by name, whole or in part, and not by their digests", async () => {
      await meetAll(meet("Ada"), meet("Adam"));
      expect(await named("Ada")).toEqual([counterId("Ada")]);
      expect((await named("DA", "nameContains")).toSorted()).toEqual([counterId("Ada"), counterId("Adam")].toSorted());
      const [row] = await database.personalData.of(counterId("Ada"));
      expect(await named(row!.digest)).toEqual([]);
      expect(await named("sha256", "nameContains")).toEqual([]);
    });

    it("come in pages, in the order of their entries, though one holds several", async () => {
      const names = ["a", "b", "c", "d", "e"];
      await meetAll(...names.map((name) => meet(name, { note: `of ${name}` })));
      const pages: PersonalRow[][] = [];
      do {
        const page = await database.personalData.rows(pages.at(-1)?.at(-1) ?? null, 3);
        pages.push([...page]);
      } while (pages.at(-1)!.length === 3);
      expect(pages.map(({ length }) => length)).toEqual([3, 3, 3, 1]);
      const all = pages.flat();
      expect(all.map(({ seq }) => seq)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
      expect(new Set(all.map(({ value }) => value))).toEqual(new Set(names.flatMap((name) => [name, `of ${name}`])));
    });

    it("go when they are erased, and take the names of tokens along; those of others stay", async () => {
      await meetAll(meet("Ada", { note: "left", tokens: [aToken("Ada")] }), meet("Bo", { tokens: [aToken("Bo")] }));
      const before = await allEntries(database.ledger);
      await recorder.record(erasure("Ada"));
      expect(await values("Ada")).toEqual([]);
      expect(await values("Bo")).toEqual([["/person/name", "Bo", 2]]);
      expect(await named("Ada")).toEqual([]);
      const people = { types: ["Person"], namespaces: null };
      expect(await database.nodes.count(people, 9)).toBe(2);
      const left = await database.nodes.list({ ...people, notErased: true }, "NAME", null, 9);
      expect(left.map(({ id }) => id)).toEqual([counterId("Bo")]);
      expect((await database.operations.tokens()).map(({ name }) => name).toSorted()).toEqual(["", "of Bo"]);
      expect((await allEntries(database.ledger)).slice(0, 2)).toEqual(before);
      const [node] = await database.nodes.byIds([counterId("Ada")]);
      expect(await database.nodes.personal([referredDigest(node!.attributes["name"])!])).toEqual(new Map());
      expect(await fault()).toBeNull();
    });

    it("are erased in the batch that brought them, and come back with what is recorded later", async () => {
      await meetAll(meet("Ada", { tokens: [aToken("Ada")] }), erasure("Ada"), meet("Ada", { note: "again" }));
      expect(await values("Ada")).toEqual([
        ["/note", "again", 3],
        ["/person/name", "Ada", 3],
      ]);
      expect((await database.operations.tokens()).map(({ name }) => name)).toEqual([""]);
    });

    it("leave no digest of an input behind that a guess could be tried against", async () => {
      await meetAll(meet("Ada", { key: "a" }), meet("Bo", { key: "b" }), count("c", { key: "c" }));
      await recorder.record(erasure("Ada"));
      const again = await meetAll(meet("Ada", { key: "a" }), meet("Bo", { key: "b" }), count("c", { key: "c" }));
      expect(again).toMatchObject([
        { ok: false, errors: [{ code: "IDEMPOTENCY_KEY_REUSED" }] },
        { ok: true, seq: 2 },
        { ok: true, seq: 3 },
      ]);
    });

    it("are scrubbed, whether something was erased or not", async () => {
      await meetAll(meet("Ada"), meet("Bo"));
      expect(await database.personalData.scrub()).toBe(true);
      await recorder.record(erasure("Ada"));
      expect(await database.personalData.scrub()).toBe(true);
      expect(await values("Bo")).toEqual([["/person/name", "Bo", 2]]);
    });
  });
}
