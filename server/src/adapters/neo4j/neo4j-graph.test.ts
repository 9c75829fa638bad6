import { createServer, type AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { GraphUnavailable } from "../../ports/lineage-graph.ts";
import { openNeo4jGraph } from "./index.ts";

describe("a Neo4j that is not there", () => {
  const open: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  async function port(onConnect: "drop" | "refuse"): Promise<number> {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port: number } = server.address() as AddressInfo;
    const close = () => new Promise((closed) => server.close(closed));
    if (onConnect === "refuse") await close();
    else open.push(close);
    return number;
  }

  it.each(["drop", "refuse"] as const)("is unavailable, with the cause: connections %s", async (onConnect) => {
    const url = `bolt://127.0.0.1:${await port(onConnect)}`;
    const failure = await openNeo4jGraph({ url, user: "neo4j", password: "x" }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(GraphUnavailable);
    expect((failure as GraphUnavailable).cause).toMatchObject({ code: "ServiceUnavailable" });
  });
});
