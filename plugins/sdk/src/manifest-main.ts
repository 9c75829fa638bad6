import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { canonicalJson } from "@clew/schema";
import { declaredManifest } from "./host/declared-manifest.ts";
import { formatManifest } from "./host/format-manifest.ts";

const USAGE = `clew-plugin-manifest [--write] <plugin folder>…
Prints what the code of a plugin declares; --write puts it into plugin.json where that says otherwise.`;

const { positionals, values } = parseArgs({ allowPositionals: true, options: { write: { type: "boolean" } } });
if (positionals.length === 0) {
  console.error(USAGE);
  process.exitCode = 2;
}
for (const dir of positionals) await emit(dir, values.write === true);

async function emit(dir: string, isWriting: boolean): Promise<void> {
  const manifest = await declaredManifest(dir);
  if (manifest === null) console.error(`${dir}: a command plugin's plugin.json is written by hand`);
  else if (!isWriting) process.stdout.write(formatManifest(manifest));
  else if (!(await says(join(dir, "plugin.json"), manifest))) {
    await writeFile(join(dir, "plugin.json"), formatManifest(manifest));
    console.error(`${dir}: wrote plugin.json`);
  }
}

/** Whether the file holds this manifest, however it is formatted. */
async function says(file: string, manifest: unknown): Promise<boolean> {
  try {
    return canonicalJson(JSON.parse(await readFile(file, "utf8"))) === canonicalJson(manifest);
  } catch {
    return false;
  }
}
