import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { BENCHES } from "../bench/benches.ts";
import { isReached, ratioOf, tableOf, type Figure } from "../bench/support/figures.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
/** Without the flights example, which has a test of its own and one size only, and what is another bench when both are quick. */
const {
  "first-lineage": _,
  "walk-memory-large": _1,
  "walk-neo4j-large": _2,
  "false-alarms": falseAlarms,
  "ab-test": abTest,
  ...quick
} = BENCHES;

describe("every bench", () => {
  beforeAll(() => {
    const { status, stdout } = spawnSync("npx", ["tsc", "-b"], { cwd: root, encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(existsSync(join(root, "server/dist/app/main.js"))).toBe(true);
  }, 400_000);

  test.each(Object.entries(quick))(
    "%s measures something when it is quick",
    async (_name, bench) => {
      const { figures } = await bench({ quick: true });
      expect(figures.length).toBeGreaterThan(0);
      for (const figure of figures) {
        expect(figure.value, figure.work).toBeGreaterThan(0);
        expect(Number.isFinite(figure.value), figure.work).toBe(true);
        if (figure.limit) expect(figure.limit.value, figure.limit.what).toBeGreaterThan(0);
      }
    },
    240_000,
  );

  test("false-alarms finds windows that drift, and alarms at few that do not", async () => {
    const { figures, detail } = await falseAlarms({ quick: true });
    expect(figures.length).toBeGreaterThan(0);
    // Of so few windows often none is a false alarm.
    for (const { value, work } of figures) expect(value, work).toBeLessThan(0.5);
    const { powers } = detail as { powers: { power: Record<string, number> }[] };
    expect(Math.max(...powers.flatMap(({ power }) => Object.values(power)))).toBe(1);
  }, 240_000);
});

test("ab-test decides, and seldom wrongly", async () => {
  const { figures } = await abTest({ quick: true });
  const [wrong, decided] = [figures.filter(isOfErrors), figures.filter((figure) => !isOfErrors(figure))];
  // Of so few tests often none decides wrongly.
  for (const { value, work } of wrong) expect(value, work).toBeLessThan(0.5);
  for (const { value, work } of decided) expect(value, work).toBeGreaterThan(0);
  expect(Math.min(wrong.length, decided.length)).toBeGreaterThan(0);
}, 240_000);

const isOfErrors = ({ work }: Figure) => work.startsWith("wrong decisions");

describe("a figure", () => {
  const rate: Figure = { work: "ingest", value: 900, unit: "/s", limit: { what: "a constant", value: 3_000 } };

  test("is rated by its value, or by how many times the limit it is", () => {
    expect(ratioOf(rate)).toBe(0.3);
    expect(isReached(rate)).toBeNull();
    expect(isReached({ ...rate, mark: { atLeast: 900 } })).toBe(true);
    expect(isReached({ ...rate, mark: { atLeast: 901 } })).toBe(false);
    expect(isReached({ ...rate, mark: { atMost: 0.3, times: true } })).toBe(true);
    expect(isReached({ ...rate, mark: { atMost: 0.29, times: true } })).toBe(false);
  });

  test("says in the table what it misses", () => {
    expect(tableOf([{ ...rate, mark: { atLeast: 901 } }])).toMatch(
      /900 \/s +3000 \/s {2}a constant +0\.3× +≥ 901 \/s MISSED/,
    );
  });
});
