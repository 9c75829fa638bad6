import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { answering, clewIn, page } from "../program.fixture.ts";

const clew = (...args: string[]) => clewIn(tmpdir(), ...args);

describe("show --history", () => {
  const AGENT = `Agent:${"0".repeat(32)}`;
  const value = (of: unknown, isErased = false) => ({ value: of, isErased });
  const change = (ledgerSeq: number, type: string, fields: readonly object[]) => ({
    ledgerSeq,
    recordedAt: "2026-01-31T12:00:00.000Z",
    type,
    by: { id: "Agent:1", name: "ada\u001b[2J" },
    fields,
  });
  const changes = [
    change(1234, "agent.changed", [
      { field: "state", before: value("PENDING"), after: value("APPROVED") },
      { field: "name", before: value(null, true), after: value(["a", 1]) },
    ]),
    change(7, "agent.made", [{ field: "endedAt", before: null, after: value(null) }]),
  ];

  it("tells of every change in a few lines, newest first", async () => {
    using server = await answering(page("nodeHistory", changes, "more"));
    const { out } = await clew("--url", server.url, "show", AGENT, "--history", "--first", "2");
    expect(server.asked.at(0)?.variables).toEqual({ id: AGENT, first: 2, after: null });
    expect(out.split("\n")).toEqual([
      "2026-01-31 12:00:00Z  agent.changed  by ada  entry 1,234",
      "    state  PENDING → APPROVED",
      '    name   (erased) → ["a",1]',
      "2026-01-31 12:00:00Z  agent.made  by ada  entry 7",
      "    endedAt  none",
      "there are more: --first 4",
    ]);
  });

  it("is what the server answered, as JSON", async () => {
    using server = await answering(page("nodeHistory", changes));
    const { out } = await clew("--url", server.url, "show", AGENT, "--history", "--json");
    expect(JSON.parse(out)).toEqual(changes);
  });

  it("says that there is no such node, or none to be read", async () => {
    using server = await answering({ body: { data: { nodeHistory: null } } });
    const { status, err } = await clew("--url", server.url, "show", AGENT, "--history");
    expect([status, err]).toEqual([1, expect.stringContaining(`there is no ${AGENT}, or none that you may read`)]);
  });
});
