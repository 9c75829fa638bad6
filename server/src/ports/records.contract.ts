import { contentId, digestOf } from "@clew/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineFact, FactCatalogue } from "../core/define-fact.ts";
import { defineNode, type NodeDefinition, one, place } from "../core/define-node.ts";
import { parametersOf } from "../core/stated-value.ts";
import type { TagWord } from "../core/tag-word.ts";
import type { Command } from "../ledger/command.ts";
import { Recorder } from "../ledger/recorder.ts";
import { remakeRecords } from "../ledger/remake-records.ts";
import type { ContentDigest } from "../ledger/verify-files.ts";
import { verifyRecords } from "../ledger/verify-records.ts";
import type { LedgerCopies } from "./ledger-copies.ts";
import { count, counted, Counter, counterId, worded } from "./ledger-store.fixture.ts";
import type { FileRow, LedgerStore } from "./ledger-store.ts";
import type { Records } from "./records.ts";

/** What the contract opens: empty, changed behind the adapter's back by `change`, and gone after `dispose`. */
export interface RecordsDatabase {
  readonly ledger: LedgerStore;
  readonly records: Records;
  readonly copies: LedgerCopies;
  change(statement: string): Promise<void>;
  /** Opens it once more, as a server of a newer version that migrates it. */
  migrate(definitions: readonly NodeDefinition[]): Promise<void>;
  dispose(): Promise<void>;
}

const BOX_VALUES = (files: number) => ({
  files,
  third: 1 / 3,
  serial: { $int64: "9007199254740993" },
  most: { $number: "Infinity" },
  mark: "red\u0000 ?",
});

const Box = defineNode("Box", {
  description: "Has files, and a shelf that lists it.",
  fields: { digest: z.string(), fileCount: z.number() },
  edges: { shelf: one("VERSION_OF", "Counter") },
  parent: "shelf",
  values: ({ fileCount }) => parametersOf(BOX_VALUES(fileCount)),
});
const packed = defineFact({
  type: "test.packed",
  v: 1,
  payload: Box.schema as z.ZodType,
  project: (payload) => place(Box, payload as never),
});
const FACTS = new FactCatalogue([counted, worded, packed]);

const digestOfFiles = (files: readonly FileRow[]) =>
  digestOf(files.map(({ path, digest, sizeBytes }) => ({ path, digest, sizeBytes })));
const contentDigest: ContentDigest = async (_, files) => digestOfFiles(files);

const boxId = (name: string) => contentId("Box", name);

function pack(name: string, paths: readonly string[]): Command {
  const id = boxId(name);
  const files: FileRow[] = paths.map((path) => ({ versionId: id, path, digest: `sha256:${path}`, sizeBytes: 1 }));
  const digest = digestOfFiles(files);
  const fact = packed.of({ id, digest, fileCount: files.length, shelf: counterId("rare") });
  return { ...count(name), heads: [id], decide: () => ({ facts: [fact], answer: {}, side: { files } }) };
}

function say(value: string, validFrom: number): Command {
  const tag = { nodeId: counterId("rare"), kind: "TAG" as const, key: "team" };
  const word: TagWord = { ...tag, value, validFrom };
  return {
    ...count(value),
    tags: [{ ...tag, from: 0 }],
    decide: () => ({ facts: [worded.of(word as never)], answer: {} }),
  };
}

/** More changes of one node than a page of entries has. */
const MANY = 600;

/** That what was changed in the tables behind the server's back is found, named, and put right by making them again. */
export function describeRecords(store: string, open: () => Promise<RecordsDatabase>): void {
  describe(`the records on ${store}`, () => {
    let database: RecordsDatabase;
    beforeEach(async () => {
      database = await open();
      const recorder = new Recorder(database.ledger);
      await recorder.record(count("rare"));
      await recorder.record(pack("full", ["a", "b"]));
      await recorder.record(say("red", 100));
      await recorder.record(count("many", { times: MANY }));
      await recorder.record(pack("empty", []));
      await recorder.record(say("blue", 200));
      await recorder.record(count("rare"));
      await recorder.record(count("rare"));
    });
    afterEach(() => database.dispose());

    const verify = async () => {
      const { ledger: store, records } = database;
      const { seq: upTo } = await store.head();
      return verifyRecords({ store, records, facts: FACTS, contentDigest, upTo });
    };
    const remake = (signed: { size: number; root: Uint8Array } | null = null) =>
      remakeRecords({ copies: database.copies, facts: FACTS, signed });
    const [rare, many, full, empty] = [counterId("rare"), counterId("many"), boxId("full"), boxId("empty")];
    /** Entries: rare 1, full 2, red 3, many 4 to 603, empty 604, blue 605, rare 606 and 607. */
    const END = 607;

    it("are found right where nothing was changed, whatever the order of members, and remade to the same", async () => {
      const right = await verify();
      // States: 603 of counters, 2 of boxes; beliefs: red, red until 200, blue; 2 files; 5 values of a box; and red once more when it ends.
      expect(right).toMatchObject({ ok: true, entries: END, firstFault: null });
      expect(right.rows).toBeGreaterThanOrEqual(603 + 2 + 3 + 2 + 10);
      await database.change(
        `update node set attributes = '{"value":3,"note":"","name":"rare","namespace":"test"}' where id = '${rare}'`,
      );
      expect(await verify()).toEqual(right);
      expect(await remake()).toBe(END);
      expect(await verify()).toEqual(right);
    });

    it("have the values of nodes that were there before the table was", async () => {
      await database.change("drop table value");
      await database.change("delete from mikro_orm_migrations where name = '0010-value'");
      await database.migrate([Counter, Box]);
      expect(await verify()).toMatchObject({ ok: true, entries: END });
    });

    it("are verified while more is recorded", async () => {
      const recorder = new Recorder(database.ledger);
      const found = verify();
      for (let n = 0; n < 20; n++)
        await Promise.all([recorder.record(count("many")), recorder.record(say(`s${n}`, n))]);
      expect(await found).toMatchObject({ ok: true });
      expect(await verify()).toMatchObject({ ok: true, entries: END + 40 });
    });

    const history = (from: number) => `node_history where id = '${many}' and from_seq = ${from}`;
    const inHistory = (id: string, from: number, until: number) =>
      `insert into node_history (id, from_seq, until_seq, attributes) select id, ${from}, ${until}, attributes from node where id = '${id}'`;
    const asNode = (id: string, seq: number) =>
      `insert into node (id, type, attributes, created_seq, changed_seq) values ('${id}', 'Counter', '{}', ${seq}, ${seq})`;
    const inTag = (key: string, recorded: number, validTo: number | null = null) =>
      `insert into tag (node_id, kind, key, recorded_seq, valid_from, value, valid_to, ended_seq) values ('${rare}', 'TAG', '${key}', ${recorded}, 7, 'x', ${validTo}, null)`;
    const inValue = (from: number, seq: number) =>
      `insert into value (key, number, text, seq) select key, 99, text, ${seq} from value where number = 2 and seq = ${from}`;
    const changed = (attribute: string) => `attributes = replace(attributes, '${attribute}', '"value":99')`;

    const CHANGES: readonly [what: string, statement: string, fault: Record<string, unknown>][] = [
      [
        "an attribute",
        `update node set ${changed('"value":3')} where id = '${rare}'`,
        { table: "node", id: rare, field: "attributes.value", seq: 607, reason: "the ledger says 3, the row 99" },
      ],
      [
        "an attribute that nobody stated",
        `update node set attributes = replace(attributes, '}', ',"vip":true}') where id = '${rare}'`,
        { table: "node", id: rare, field: "attributes.vip", reason: "the ledger says nothing, the row true" },
      ],
      ["attributes that are no JSON", `update node set attributes = '{' where id = '${many}'`, { field: "attributes" }],
      ["a column", `update node set name = 'x' where id = '${rare}'`, { table: "node", id: rare, field: "name" }],
      ["a facet", `update node set facet2 = 'x' where id = '${rare}'`, { table: "node", id: rare, field: "facet2" }],
      ["an end", `update node set ends = ' x ' where id = '${rare}'`, { table: "node", id: rare, field: "ends" }],
      ["a parent", `update node set parent = '${many}' where id = '${full}'`, { id: full, field: "parent", seq: 2 }],
      [
        "a parent of none",
        `update node set parent = '${full}' where id = '${rare}'`,
        { id: rare, field: "parent", seq: 1 },
      ],
      ["a creation", `update node set created_seq = 2 where id = '${rare}'`, { id: rare, field: "createdSeq" }],
      ["a missing node", `delete from node where id = '${many}'`, { table: "node", id: many, field: null }],
      ["a node too many", asNode("Counter:x", 9), { table: "node", id: "Counter:x", seq: null }],
      ["a node to come", asNode("Counter:x", END + 1), { table: "node", id: "Counter:x" }],
      [
        "a past attribute",
        `update node_history set ${changed('"value":297')} where id = '${many}' and from_seq = 300`,
        { table: "node_history", id: many, field: "attributes.value", seq: 300 },
      ],
      [
        "the end of a state",
        `update ${history(300).replace(" where", " set until_seq = 500 where")}`,
        { table: "node_history", id: many, field: "untilSeq" },
      ],
      ["a missing state", `delete from ${history(250)}`, { table: "node_history", id: many, field: null, seq: 250 }],
      ["a state too many", inHistory(rare, 9, 606), { table: "node_history", id: rare }],
      [
        "a state put off behind the end",
        `update node_history set until_seq = ${END + 9} where id = '${rare}' and from_seq = 606`,
        { table: "node_history", id: rare, field: "untilSeq" },
      ],
      [
        "a node whose right state was moved to its history",
        `${inHistory(rare, 607, END + 9)}; update node set ${changed('"value":3')}, changed_seq = ${END + 9} where id = '${rare}'`,
        { table: "node_history", id: rare, reason: expect.stringMatching(/behind the ledger's end/) },
      ],
      [
        "a tag's value",
        `update tag set value = 'x' where value = 'blue'`,
        { table: "tag", id: rare, field: "value", seq: 605 },
      ],
      ["a tag that was ended", `update tag set ended_seq = 606 where value = 'blue'`, { table: "tag", id: rare }],
      [
        "a tag that was not",
        `update tag set ended_seq = null where recorded_seq = 3`,
        { table: "tag", field: "endedSeq" },
      ],
      ["a missing tag", `delete from tag where value = 'blue'`, { table: "tag", id: rare, field: null }],
      ["a tag too many", inTag("other", 3), { table: "tag", id: rare }],
      ["a belief too many", inTag("team", 3, 8), { table: "tag", id: null }],
      ["a tag of another entry", inTag("team", 9), { table: "tag", id: rare }],
      ["a tag to come", inTag("team", END + 1), { table: "tag", id: rare }],
      [
        "a value's number",
        `update value set number = 3 where number = 2 and seq = 2`,
        { table: "value", id: full, field: "files", seq: 2, reason: "the ledger says 2, no row does" },
      ],
      [
        "a value's last digit",
        `update value set number = 0.33333333333333337 where number = 1.0 / 3 and seq = 604`,
        { id: empty, field: "third" },
      ],
      [
        "a value's text",
        `update value set text = '9007199254740992' where text = '9007199254740993' and seq = 2`,
        { id: full, field: "serial" },
      ],
      ["a missing value", `delete from value where text = 'Infinity' and seq = 2`, { id: full, field: "most" }],
      [
        "a value of another entry",
        inValue(2, 604),
        { table: "value", id: null, seq: null, reason: expect.stringMatching(/604 tells nothing of it/) },
      ],
      ["a value of no entry", inValue(2, END + 1), { table: "value", id: null }],
    ];

    it.each(CHANGES)("find %s, and are put right", async (_, statement, fault) => {
      for (const one of statement.split("; ")) await database.change(one);
      const found = await verify();
      expect(found.ok).toBe(false);
      expect(found.firstFault).toMatchObject(fault);
      await remake();
      expect(await verify()).toMatchObject({ ok: true, entries: END });
    });

    it.each<[string, string, Record<string, unknown>]>([
      [
        "digest",
        `update file set digest = 'sha256:x' where path = 'a'`,
        {
          table: "file",
          id: full,
          seq: 2,
          reason: expect.stringMatching(/the ledger says that its content is "sha256:/),
        },
      ],
      ["size", `update file set size_bytes = 2 where path = 'b'`, { table: "file", id: full }],
      ["absence", `delete from file where path = 'b'`, { reason: "the ledger says 2 files, there are 1 rows" }],
      [
        "presence",
        `insert into file (version_id, path, digest, size_bytes) values ('${empty}', 'c', 'd', 1)`,
        { table: "file", id: empty, reason: "the ledger says 0 files, there are more than 0 rows" },
      ],
      [
        "version",
        `insert into file (version_id, path, digest, size_bytes) values ('Box:none', 'c', 'd', 1)`,
        { table: "file", id: "Box:none", reason: "there is no such version" },
      ],
    ])("find a file by its %s", async (_, statement, fault) => {
      await database.change(statement);
      expect((await verify()).firstFault).toMatchObject(fault);
    });

    it("are not made from a ledger that does not hold", async () => {
      await database.change(`update node set name = 'x' where id = '${rare}'`);
      await database.change("update ledger set recorded_at = recorded_at + 1 where seq = 607");
      await expect(remake()).rejects.toThrow(/does not hold at entry 607: it says that it was recorded at/);
      await expect(remake({ size: 3, root: Buffer.alloc(32) })).rejects.toThrow(
        /entry 3: .*not the one that was signed/,
      );
      expect((await verify()).firstFault).toMatchObject({ id: rare, field: "name" });
    });
  });
}
