/**
 * Measures, prints a table and writes what was measured to bench/results/<bench>.json.
 *
 *   npm run bench -- [name…] [--quick]
 *
 * The servers that are measured run as built: `npm run build` first.
 */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { register } from "tsx/esm/api";
import type { BenchName } from "./benches.ts";
import { isReached, type Measured, ratioOf, tableOf } from "./support/figures.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const results = join(root, "bench", "results");

// The facts that fill a ledger stand beside the server's resolvers, which have decorators: Node's own type stripping refuses those.
register({ tsconfig: join(root, "server", "tsconfig.json") });
const { BENCHES } = await import("./benches.ts");

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false } },
});

function isBench(name: string): name is BenchName {
  return Object.hasOwn(BENCHES, name);
}

async function keep(name: BenchName, { figures, detail }: Measured): Promise<void> {
  const machine = {
    cpu: cpus()[0]?.model,
    cpus: cpus().length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    node: process.version,
  };
  const rated = figures.map((figure) => ({ ...figure, ratio: ratioOf(figure), reached: isReached(figure) }));
  const result = { bench: name, at: new Date().toISOString(), quick: flags.quick, machine, figures: rated, detail };
  await writeFile(join(results, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

async function main(): Promise<number> {
  const unknown = positionals.filter((name) => !isBench(name));
  if (unknown.length > 0) {
    console.error(`no bench ${unknown.join(", ")}; there are: ${Object.keys(BENCHES).join(", ")}`);
    return 2;
  }
  if (!existsSync(join(root, "server", "dist", "app", "main.js"))) {
    console.error("the server is not built: npm run build");
    return 2;
  }
  await mkdir(results, { recursive: true });
  const names = positionals.length > 0 ? positionals.filter(isBench) : (Object.keys(BENCHES) as BenchName[]);
  for (const name of names) {
    console.log(`\n${name}`);
    const measured = await BENCHES[name]({ quick: flags.quick });
    await keep(name, measured);
    console.log(tableOf(measured.figures));
  }
  return 0;
}

process.exitCode = await main();
