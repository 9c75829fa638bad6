import { describe, expect, it } from "vitest";
import { answering, aRun, clewIn } from "../program.fixture.ts";

describe("logs", () => {
  const RUN = "Run:01a20c8c-cc34-7f3f-83bc-9a4d3dfc6435";
  const at = "2026-01-31T12:00:00.000Z";
  const point = (n: number, attempt = 1) => ({ name: "loss", step: n, value: 1 / n, attempt, n, at });
  const line = (n: number, attempt = 1) => ({ attempt, n, at, level: "info", text: `line ${n}` });
  const points = (...ns: number[]) => ({ body: { data: { node: { metricPoints: ns.map((n) => point(n)) } } } });
  const lines = (nodes: unknown[], endCursor: string | null = "c", hasNextPage = false) => ({
    body: { data: { node: { logs: { nodes, pageInfo: { hasNextPage, endCursor } } } } },
  });

  it("prints lines and points in the order in which they were said, page after page, and the state", async () => {
    const pages = [lines([line(1), line(3)], "c1", true), lines([line(1, 2)], "c2")];
    const metrics = { body: { data: { node: { metricPoints: [point(2), point(4), point(5, 2)] } } } };
    const run = { ...aRun({ state: "SUCCEEDED" }) };
    using server = await answering(run, metrics, ...pages);
    const { status, out } = await clewIn("no-folder", "--url", server.url, "logs", RUN);
    expect(status).toBe(0);
    expect(out.split("\n")).toEqual([
      "12:00:00.000  info   line 1",
      "12:00:00.000  loss[2]  0.5",
      "12:00:00.000  info   line 3",
      "12:00:00.000  loss[4]  0.25",
      "12:00:00.000 attempt 2  info   line 1",
      "12:00:00.000 attempt 2  loss[5]  0.2",
      "SUCCEEDED",
    ]);
    expect(server.asked.at(3)?.variables["after"]).toBe("c1");
  });

  it("prints JSON, a line for each thing that was said", async () => {
    using server = await answering(aRun({ state: "SUCCEEDED" }), points(2), lines([line(1)]));
    const { out } = await clewIn("no-folder", "--url", server.url, "logs", "--json", RUN);
    expect(out.split("\n").map((text) => JSON.parse(text) as unknown)).toEqual([
      { attempt: 1, n: 1, at, event: { level: "info", message: "line 1" } },
      { attempt: 1, n: 2, at, event: { name: "loss", step: 2, value: 0.5 } },
      { attempt: null, n: null, at: expect.any(String) as string, event: { state: "SUCCEEDED", failure: null } },
    ]);
  });

  it("-f prints each line and each point once and goes on behind the last one, where no WebSocket leads to the server", async () => {
    const first = [points(1, 2), lines([line(3)], "c1")];
    const second = [aRun({ state: "RUNNING" }), points(), lines([], "c1")];
    const third = [aRun({ state: "SUCCEEDED" }), points(4), lines([line(5)], "c2")];
    using server = await answering(...first, ...second, ...third);
    const { status, out } = await clewIn("no-folder", "--url", server.url, "logs", "-f", RUN);
    expect(status).toBe(0);
    expect(out.split("\n")).toEqual([
      "12:00:00.000  loss[1]  1",
      "12:00:00.000  loss[2]  0.5",
      "12:00:00.000  info   line 3",
      "RUNNING",
      "12:00:00.000  loss[4]  0.25",
      "12:00:00.000  info   line 5",
      "SUCCEEDED",
    ]);
    expect(server.asked.at(3)?.variables["after"]).toBe(2);
    expect(server.asked.at(4)?.variables["after"]).toBe("c1");
  });
});
