import { canonicalJson, sha256 } from "@clew/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineFact, FactCatalogue } from "../core/define-fact.ts";
import { defineNode, place } from "../core/define-node.ts";
import { document, DOCUMENT_MAX_BYTES, documentReference } from "../core/document.ts";
import type { Command } from "../ledger/command.ts";
import { Recorder } from "../ledger/recorder.ts";
import { type ContractDatabase, count, counterId, counted, type OpenDatabase } from "./ledger-store.fixture.ts";

const Table = defineNode("Table", {
  description: "Has columns.",
  fields: { columns: document(z.array(z.string())) },
  edges: {},
});
const tabled = defineFact({
  type: "test.tabled",
  v: 1,
  payload: Table.schema,
  project: (table) => place(Table, table),
});

export const DOCUMENT_FACTS = new FactCatalogue([tabled, counted]);

/** Enough of them stand beside the entry, where they may. */
export const columnsOf = (name: string, columns = 1_000) =>
  Array.from({ length: columns }, (_, n) => `${name} ☃ \u0000 ${n}`);

const tableOf = (name: string, columns: readonly string[]) => tabled.of({ id: counterId(name), columns: [...columns] });

/** Records a table. */
export function table(name: string, columns: readonly string[] = columnsOf(name)): Command {
  const facts = [tableOf(name, columns)];
  return { ...count(name), mutation: "table", heads: [counterId(name)], decide: () => ({ facts, answer: {} }) };
}

/** Values beside the ledger, by their digests. */
export function describeDocuments(open: OpenDatabase): void {
  let database: ContractDatabase;
  let recorder: Recorder;
  beforeEach(async () => {
    database = await open();
    recorder = new Recorder(database.ledger);
  });
  afterEach(() => database.dispose());

  const record = (...commands: Command[]) => Promise.all(commands.map((command) => recorder.record(command)));
  const digestOf = async (name: string) => {
    const [node] = await database.nodes.byIds([counterId(name)]);
    return documentReference(node!.attributes["columns"])!.$document;
  };

  describe("documents", () => {
    it("stand beside the entry, and both it and the node refer to them", async () => {
      await record(table("a"), table("small", ["x"]));
      const digest = await digestOf("a");
      const texts = await database.nodes.documents([digest, "none"]);
      expect([...texts].map(([key, text]) => [key, JSON.parse(text) as unknown])).toEqual([[digest, columnsOf("a")]]);
      const [entry, small] = await database.ledger.entries(0, 2);
      expect(entry!.bytes.length).toBeLessThan(500);
      expect(DOCUMENT_FACTS.documents(entry!)).toEqual([
        { $document: digest, sizeBytes: Buffer.byteLength(texts.get(digest)!) },
      ]);
      expect(DOCUMENT_FACTS.documents(small!)).toEqual([]);
      expect((await database.nodes.byIds([counterId("small")]))[0]!.attributes["columns"]).toEqual(["x"]);
    });

    it("are stored once, in a batch and in a later one", async () => {
      await record(table("a", columnsOf("same")), table("b", columnsOf("same")));
      expect(await record(table("c", columnsOf("same")))).toMatchObject([{ ok: true, seq: 3 }]);
      const digests = new Set(await Promise.all(["a", "b", "c"].map(digestOf)));
      expect(digests.size).toBe(1);
      expect((await database.nodes.documents([...digests])).size).toBe(1);
    });

    it("are refused above their bound, with all that the command says, and nothing else is", async () => {
      const [fine, large] = [tableOf("b", columnsOf("b")), tableOf("b", ["x".repeat(DOCUMENT_MAX_BYTES)])];
      const both: Command = { ...table("b"), decide: () => ({ facts: [fine, large], answer: {} }) };
      expect(await record(both, table("c"))).toMatchObject([
        { ok: false, errors: [{ code: "DOCUMENT_TOO_LARGE", message: expect.stringContaining("/columns has") }] },
        { ok: true, seq: 1 },
      ]);
      expect(await database.nodes.byIds([counterId("b")])).toEqual([]);
      expect(await database.nodes.documents([sha256(canonicalJson(columnsOf("b")))])).toEqual(new Map());
    });

    it("may be as large as they can be", async () => {
      await record(table("large", ["x".repeat(DOCUMENT_MAX_BYTES - 4)]));
      const digest = await digestOf("large");
      expect((await database.nodes.documents([digest])).get(digest)).toHaveLength(DOCUMENT_MAX_BYTES);
    });
  });
}
