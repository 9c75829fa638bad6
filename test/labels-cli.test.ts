import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { subjects } from "@clew/schema";
import { expect, test } from "vitest";
import { runCli } from "../cli/src/program.ts";
import { plain } from "../cli/src/terminal/paint.ts";
import { aClew } from "./support/clew-on-nats.ts";
import { aFolder } from "./support/runner-host.ts";
import { aDeployedEndpoint, aServingRunner } from "./support/watcher.ts";

const NATS = process.env["CLEW_TEST_NATS_URL"] ?? "";
const AT = "2026-11-24T09:12:00.000Z";

async function anEndpoint() {
  const { server, natsPrefix } = await aClew();
  const endpoint = await aDeployedEndpoint(server);
  const stream = await aServingRunner(NATS, subjects(natsPrefix), endpoint.id);
  const dir = await aFolder("labels");
  return {
    endpoint,
    stored: () => stream.labelsStored(),
    /** Sends a file of this text, and answers what was said. */
    async labels(name: string, text: string, ...flags: string[]) {
      const file = join(dir, name);
      await writeFile(file, text);
      const said: string[] = [];
      const say = (line: string) => void said.push(line);
      const args = ["--url", server.url, "--token", server.adminToken, "labels", endpoint.key, file, ...flags];
      const status = await runCli(args, { out: say, err: say, paint: plain, terminal: null });
      return { status, said: said.join("\n") };
    },
  };
}

test("a CSV file's labels are stored in their order, values as what they look like or as text", async () => {
  const { endpoint, labels, stored } = await anEndpoint();
  const id = endpoint.inference();
  const cells = ["true", "-1.5e3", "late, by far", "", "007", "NaN"];
  const text = `inference,value,at,row\n${cells.map((cell, row) => `${id},"${cell}",2026-11-24T10:12:00+01:00,${row}`).join("\n")}\n`;
  const { status, said } = await labels("outcomes.csv", text.replace('""', ""));
  expect([status, said]).toEqual([0, expect.stringContaining("6 labels stored")]);
  const values = [true, -1500, "late, by far", null, "007", "NaN"];
  expect(await stored()).toEqual(values.map((value, row) => ({ inference: id, row, value, at: AT })));
  await labels("again.csv", `inference,value,at\n${id},1,${AT}\n${id},true,${AT}\n`, "--text");
  expect((await stored()).slice(6)).toEqual(["1", "true"].map((value) => ({ inference: id, row: 0, value, at: AT })));
});

test("JSON lines of several batches are stored in their order, and once when they are sent again at once", async () => {
  const { endpoint, labels, stored } = await anEndpoint();
  const inference = endpoint.inference();
  const text = Array.from({ length: 2_500 }, (_, row) => JSON.stringify({ inference, row, value: row % 2, at: AT }));
  for (const _ of [1, 2]) expect((await labels("outcomes.jsonl", text.join("\n"))).status).toBe(0);
  expect((await stored()).map(({ row }) => row)).toEqual(text.map((_, row) => row));
});

test("what is refused is named by its record, and what was sent before is stored", async () => {
  const { endpoint, labels, stored } = await anEndpoint();
  const inference = endpoint.inference();
  const line = (more: object) => JSON.stringify({ inference, value: 1, at: AT, ...more });
  const first = Array.from({ length: 1_000 }, (_, row) => line({ row }));
  const { status, said } = await labels("x.jsonl", [...first, line({}), line({ inference: "none" })].join("\n"));
  expect([status, said]).toEqual([
    1,
    expect.stringContaining("record 1002: none is no inference's id (INVALID_INPUT)"),
  ]);
  expect(said).toContain("broke off after 1,000 labels, which are stored");
  expect(await stored()).toHaveLength(1_000);
});

test.each([
  ["x.csv", "inference,at\na,b\n", 2, "has no column value"],
  ["x.csv", `inference,value,at,rows\na,1,${AT},1\n`, 2, "has a column rows"],
  ["x.csv", "inference,value,at\na,1,yesterday\n", 1, "record 1: at must be a time"],
  ["x.jsonl", `{"inference":"a","value":1,"at":"${AT}"}\nnonsense\n`, 1, "record 2"],
  ["x.jsonl", `{"inference":"a","at":"${AT}"}\n`, 1, "record 1: value"],
])("%s with %j is refused before it is sent", async (name, text, status, message) => {
  const { labels, stored } = await anEndpoint();
  expect(await labels(name, text)).toEqual({ status, said: expect.stringContaining(message) as string });
  expect(await stored()).toEqual([]);
});
