import { contentId } from "@clew/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineFact } from "../core/define-fact.ts";
import { defineNode, many, maybe, type NodeOf, place } from "../core/define-node.ts";
import type { Command } from "../ledger/command.ts";
import { firstEntryAt } from "../ledger/first-entry-at.ts";
import type { Recorder } from "../ledger/recorder.ts";
import { type ContractDatabase, count, type OpenDatabase, recorderAt } from "./ledger-store.fixture.ts";
import { attributeBegins, attributeIs, edgeLeadsTo, type NodeFilter, type NodeOrder } from "./node-reader.ts";

/** Has the name of runs, and of their attributes some: a database knows by the type which those are. */
const Errand = defineNode("Run", {
  description: "Is run with a plugin, because of others.",
  fields: {
    namespace: z.string(),
    name: z.string(),
    state: z.string(),
    digest: z.string().nullable(),
    kind: z.string(),
    plugin: z.object({ name: z.string() }).nullable(),
    note: z.string(),
  },
  edges: { triggeredBy: many("TRIGGERED_BY", "Run"), partOf: maybe("PART_OF", "Run") },
  parent: "partOf",
  indexed: ["kind", "plugin.name", "triggeredBy"],
});
const ran = defineFact({
  type: "test.ran",
  v: 1,
  payload: Errand.schema,
  project: (errand) => place(Errand, errand),
});

const errandId = (name: string) => contentId("Run", name);

export function errand(name: string, given: Partial<NodeOf<typeof Errand>> = {}): Command {
  const id = errandId(name);
  const plain = {
    namespace: "test",
    state: "DONE",
    digest: null,
    kind: "SHORT",
    plugin: null,
    note: "",
    triggeredBy: [],
  };
  const { type: _, ...fields } = { ...plain, id, name, ...given } as NodeOf<typeof Errand>;
  return { ...count(name), mutation: "errand", heads: [id], decide: () => ({ facts: [ran.of(fields)], answer: {} }) };
}

export const ends = (...names: string[]) => names.map((name) => ({ id: errandId(name), role: "because" }));

/** What a list can be narrowed to. */
export function describeNodeFilters(open: OpenDatabase): void {
  describe("lists", () => {
    let database: ContractDatabase;
    let recorder: Recorder;
    const clock = { now: 1_000 };
    beforeEach(async () => {
      database = await open();
      recorder = recorderAt(database.ledger, clock);
      const plugin = { name: "saw" };
      const errands = [
        errand("a", { kind: "LONG", plugin, digest: "sha256:aabb01" }),
        errand("b", { plugin, state: "LOST", digest: "sha256:aabb02", note: "a\u0000b" }),
        errand("c", { plugin: { name: "ace" }, triggeredBy: ends("a"), digest: "sha256:aabc" }),
        errand("d", { kind: "LONG", state: "NEW", triggeredBy: ends("b", "a", "c") }),
        errand("e", { namespace: "other", plugin: { name: "drill" }, note: `not because of ${errandId("a")}` }),
      ];
      for (const [n, one] of errands.entries()) {
        clock.now = 1_000 + 1_000 * n;
        await recorder.record(one);
      }
    });
    afterEach(() => database.dispose());

    const names = async (more: Partial<NodeFilter>, order: NodeOrder = "OLDEST") => {
      const filter = { types: ["Run"], namespaces: null, ...more };
      const found = await database.nodes.list(filter, order, null, 99);
      expect(await database.nodes.count(filter, 99)).toBe(found.length);
      return found.map(({ attributes }) => attributes["name"]).join("");
    };
    const is = (path: string, ...values: string[]) => ({ attributes: [attributeIs(Errand, path, values)] });
    const because = async (name: string) => {
      const [end] = await database.nodes.byIds([errandId(name)]);
      return { edges: [edgeLeadsTo(Errand, "triggeredBy", end!)] };
    };

    it("are of one value of an attribute, or of several, and of all conditions at once", async () => {
      expect(await names(is("kind", "LONG"))).toBe("ad");
      expect(await names(is("plugin.name", "saw"))).toBe("ab");
      expect(await names(is("plugin.name", "saw", "ace", "saw"))).toBe("abc");
      expect(
        await names({ attributes: [...is("kind", "SHORT").attributes, ...is("plugin.name", "saw").attributes] }),
      ).toBe("b");
      expect(await names({ ...is("plugin.name", "saw", "drill"), namespaces: ["other"] })).toBe("e");
      expect(await names({ ...is("plugin.name", "saw", "ace"), states: ["DONE", "NEW"] })).toBe("ac");
      expect(await names(is("plugin.name", "saw' or 1 = 1"))).toBe("");
    });

    it("are of several states, each node once", async () => {
      expect(await names({ states: ["LOST"] })).toBe("b");
      expect(await names({ states: ["NEW", "LOST", "NEW"] })).toBe("bd");
    });

    it("find nothing that is one of no values", async () => {
      expect(await names(is("kind"))).toBe("");
      expect(await names({ ...is("kind"), ...is("plugin.name") })).toBe("");
      expect(await names({ states: [] })).toBe("");
      expect(await names({ types: [] })).toBe("");
      expect(await names({ states: [], parent: "Run:none" })).toBe("");
    });

    it("are put together from parts in their order, page by page", async () => {
      const filter = { types: ["Run"], namespaces: null, ...is("plugin.name", "drill", "saw", "ace") };
      for (const [order, expected] of [
        ["NEWEST", "ecba"],
        ["OLDEST", "abce"],
        ["NAME", "abce"],
      ] as const) {
        let told = "";
        let after = null;
        for (;;) {
          const [next] = await database.nodes.list(filter, order, after, 1);
          if (next === undefined) break;
          const name = String(next.attributes["name"]);
          told += name;
          after = { createdSeq: next.createdSeq, id: next.id, name };
        }
        expect([order, told]).toEqual([order, expected]);
      }
    });

    it("are of what one end of an edge leads to, whichever it is", async () => {
      expect(await names(await because("a"))).toBe("cd");
      expect(await names(await because("c"))).toBe("d");
      expect(await names(await because("d"))).toBe("");
      expect(await names({ edges: [...(await because("a")).edges, ...(await because("b")).edges] })).toBe("d");
      expect(await names({ ...(await because("a")), ...is("kind", "SHORT") })).toBe("c");
    });

    it("are of what has a parent with some attribute", async () => {
      await recorder.record(errand("f", { partOf: errandId("a") }));
      await recorder.record(errand("g", { partOf: errandId("c"), kind: "LONG" }));
      const of = (...plugins: string[]) => ({
        parentIs: { type: "Run", attributes: is("plugin.name", ...plugins).attributes },
      });
      expect(await names(of("saw"))).toBe("f");
      expect(await names(of("saw", "ace"), "NEWEST")).toBe("gf");
      expect(await names({ ...of("saw", "ace"), ...is("kind", "LONG") })).toBe("g");
      expect(await names(of())).toBe("");
    });

    it("are of any of some parents", async () => {
      await recorder.record(errand("f", { partOf: errandId("a") }));
      await recorder.record(errand("g", { partOf: errandId("c") }));
      await recorder.record(errand("h", { partOf: errandId("b") }));
      expect(await names({ parents: [errandId("c"), errandId("a")] })).toBe("fg");
      expect(await names({ parents: [] })).toBe("");
    });

    it("are of a time, in which entries were recorded", async () => {
      const at = (time: number) => firstEntryAt(database.ledger, time);
      expect(await Promise.all([0, 1_000, 1_001, 3_000, 5_000, 5_001, 9_999].map(at))).toEqual([1, 1, 2, 3, 5, 6, 6]);
      expect(await names({ created: { fromSeq: await at(3_000) } })).toBe("cde");
      expect(await names({ created: { untilSeq: await at(3_000) } })).toBe("ab");
      expect(
        await names({ created: { fromSeq: await at(1_500), untilSeq: await at(3_500) }, ...is("kind", "SHORT") }),
      ).toBe("bc");
    });

    it("are found by how a digest or a text begins", async () => {
      expect(await names({ digestPrefix: "sha256:aabb" })).toBe("ab");
      expect(await names({ digestPrefix: "sha256:aabb02" })).toBe("b");
      expect(await names({ digestPrefix: "sha256:b" })).toBe("");
      expect(await names({ digestPrefix: "sha256:aa", namespaces: ["other"] })).toBe("");
      const begins = (prefix: string) => names({ attributes: [attributeBegins(Errand, "plugin.name", prefix)] });
      expect([await begins("a"), await begins("ace"), await begins("aces")]).toEqual(["c", "c", ""]);
    });

    it("hold some nodes besides, each once, where namespace and time are as asked", async () => {
      const also = (...some: string[]) => ({ alsoIds: some.map(errandId) });
      expect(await names({ nameContains: "a", ...also("a", "c", "e") })).toBe("ace");
      expect(await names({ nameContains: "a", ...also("c", "e"), namespaces: ["test"] })).toBe("ac");
      expect(await names({ nameContains: "a", ...also("c", "e"), created: { untilSeq: 4 } }, "NEWEST")).toBe("ca");
      expect(await names({ types: ["Counter", "Run"], nameContains: "b", ...also("d") })).toBe("bd");
    });

    it("are asked only for what a definition says is indexed, and of one type", async () => {
      expect(() => attributeIs(Errand, "note", [""])).toThrow("Run.note has no index");
      expect(() => attributeBegins(Errand, "plugin", "")).toThrow("Run.plugin has no index");
      expect(() => edgeLeadsTo(Errand, "others", {} as never)).toThrow("Run.others has no index");
      const ofTwo = { types: ["Run", "Counter"], namespaces: null, parent: "Run:x", ...is("kind", "LONG") };
      await expect(database.nodes.list(ofTwo, "NEWEST", null, 1)).rejects.toThrow("one type");
    });
  });
}
