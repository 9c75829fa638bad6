/** From `npm start` on an empty folder to the first lineage: services, server and runner start, the flights example trains and is traced. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Measured, median } from "./support/figures.ts";
import { inFolder } from "./support/services.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The example has one size: there is nothing smaller to be quick with than one repeat. */
export async function benchFirstLineage({ quick }: { readonly quick: boolean }): Promise<Measured> {
  const tookS: number[] = [];
  for (let n = 0; n < (quick ? 1 : 3); n++) tookS.push(await inFolder("first", start));
  return {
    figures: [{ work: "npm start to the first lineage", value: median(tookS), unit: "s", mark: { atMost: 60 } }],
    detail: { tookS },
  };
}

/** Seconds until it has printed the lineage and ended. */
async function start(dir: string): Promise<number> {
  const startedAt = performance.now();
  const args = ["--conditions=clew-src", "cli/src/start.ts", "--once", "--port", "0", "--data-dir", join(dir, "data")];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`npm start ended with ${code}`);
  return Math.round((performance.now() - startedAt) / 100) / 10;
}
