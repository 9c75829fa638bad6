import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "./support/child.ts";

const RECIPE = join(ROOT, "docs/recipes/close-the-loop.md");
const FILES = ".clew/parcels-files";
const DATA_DIR = ".clew/parcels";
const LIMIT_MS = 480_000;

let folder: string;
let stack: ChildProcess;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clew-loop-"));
  const main = ["--conditions=clew-src", "cli/src/main.ts", "up", "--data-dir", join(folder, "data")];
  stack = spawn(process.execPath, [...main, "--port", "0", "--slots", "4"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", 2],
  });
  url = await new Promise((resolve) => {
    stack.stdout!.on("data", (chunk) => {
      const [, address] = /^GraphQL\s+(\S+)\/graphql/m.exec(String(chunk)) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
});
afterAll(async () => {
  if (stack.exitCode === null && stack.kill("SIGTERM")) await once(stack, "exit");
  await rm(folder, { recursive: true, force: true });
});

test(
  "the commands of the recipe, as they are printed, lead from data to a retrained model that is live",
  async () => {
    const blocks = [...(await readFile(RECIPE, "utf8")).matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text]) => text);
    const script = blocks.join("").replaceAll(FILES, join(folder, "files")).replaceAll(DATA_DIR, join(folder, "data"));
    const { status, text } = await bash(`set -e\n${script}`);
    expect(status, text).toBe(0);
    expect(text).toMatch(/approval +parcels\/lateness@1 by parcels\/retrain@1#approve/);
    expect(text).toMatch(/(OPEN|RESOLVED) +CRITICAL +quality:roc_auc +parcels\/desk@1/);
    expect(text).toMatch(/FIRED +alert quality:roc_auc/);
    expect(text).toMatch(/parcels\/desk@2 +ACTIVE +parcels\/lateness@2/);
    expect(text).toMatch(/triggered by firing of retrain-on-quality/);
    expect(text).toMatch(/parcels\/late-parcels +PROPOSED .*parcels\/lateness@2/);
    expect(text).toMatch(/^what became of it +parcels\/desk@1, which it is about, is not served any more\s*$/m);
  },
  LIMIT_MS,
);

async function bash(script: string): Promise<{ status: number | null; text: string }> {
  const child = spawn("bash", ["-c", script], { cwd: ROOT, env: { ...process.env, CLEW_URL: url } });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  await once(child, "close");
  return { status: child.exitCode, text };
}
