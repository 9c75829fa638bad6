import { afterAll, beforeAll, expect, test } from "vitest";
import { aModel, aRun } from "./support/builders.ts";
import { clew } from "./support/clew.ts";
import { startTestServer, type TestServer, unique } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

test("runs are found by their values and shown side by side, reports in the order of a metric", async () => {
  const namespace = unique("cli");
  const model = await aModel(server, { namespace });
  const evaluation = (auc: number, lr: number) =>
    aRun(server, {
      namespace,
      parameters: { lr, epochs: 3 },
      inputs: [{ role: "model", node: model.id }],
      outputs: [
        {
          role: "report",
          report: { reportType: "EVALUATION", about: ["model"], metrics: [{ name: "auc", value: auc }] },
        },
      ],
    });
  const [one, other] = [await evaluation(0.6, 0.01), await evaluation(0.7, 0.1)];

  const found = await clew(
    server,
    "ls",
    "runs",
    "--namespace",
    namespace,
    "--parameter",
    "lr=0.01",
    "--metric",
    "auc>0.5",
  );
  expect(found).toContain(one.id);
  expect(found).not.toContain(other.id);
  expect(await clew(server, "ls", "runs", "--namespace", namespace, "--metric", "auc>0.9")).toBe("no runs");
  const [titles, first, second] = (
    await clew(server, "ls", "reports", "--namespace", namespace, "--order-by-metric", "auc")
  ).split("\n");
  expect([titles, first, second].map((line) => line!.split(/ {2,}/).at(-1))).toEqual(["auc", "0.7", "0.6"]);

  const diff = await clew(server, "diff", one.id, other.id);
  expect(diff).toMatch(/lr +0\.01 +0\.1/);
  expect(diff).toMatch(/report +auc +0\.6 +0\.7 +\+0\.1/);
  expect(diff).toContain("1 parameter the same");
  const json = JSON.parse(await clew(server, "diff", one.id, other.id, "--json")) as { parameters: unknown };
  expect(json.parameters).toEqual([{ name: "lr", values: [0.01, 0.1] }]);
});
