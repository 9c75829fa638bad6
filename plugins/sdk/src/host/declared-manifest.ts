import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { PluginManifest, PluginRuntime } from "@clew/schema";
import { MANIFEST_FLAG } from "../serve-plugin.ts";
import { nodeFlags } from "./launch.ts";

const TIME_LIMIT_MS = 60_000;

type CodeRuntime = Exclude<PluginRuntime, { type: "command" }>;

/**
 * What a plugin's code declares: its entry, run with `--manifest`, prints it. The entry is the one in plugin.json, or in a
 * folder that has none yet `src/main.ts` or `main.py`. null for a command plugin, whose plugin.json is written by hand.
 * @throws {Error} where the entry fails or prints no manifest.
 */
export async function declaredManifest(dir: string): Promise<PluginManifest | null> {
  const runtime = await runtimeOf(dir);
  if (runtime.type === "command") return null;
  const { program, args } = commandOf(dir, runtime);
  const { stdout } = await promisify(execFile)(program, args, { cwd: dir, timeout: TIME_LIMIT_MS });
  const parsed = PluginManifest.safeParse(JSON.parse(stdout));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${runtime.entry} ${MANIFEST_FLAG} prints no manifest: ${issue?.path.join(".")}: ${issue?.message}`);
}

function commandOf(dir: string, runtime: CodeRuntime): { program: string; args: string[] } {
  const entry = resolve(dir, runtime.entry);
  // -B: no byte code is left beside the plugin.
  if (runtime.type === "python") return { program: "python3", args: ["-B", entry, MANIFEST_FLAG] };
  return { program: process.execPath, args: [...nodeFlags(entry), entry, MANIFEST_FLAG] };
}

async function runtimeOf(dir: string): Promise<PluginRuntime> {
  const file = join(dir, "plugin.json");
  if (await exists(file))
    return PluginRuntime.parse((JSON.parse(await readFile(file, "utf8")) as { runtime?: unknown }).runtime);
  const guesses: CodeRuntime[] = [
    { type: "node", entry: "src/main.ts" },
    { type: "python", entry: "main.py" },
  ];
  for (const guess of guesses) if (await exists(join(dir, guess.entry))) return guess;
  throw new Error(`${dir} has neither plugin.json nor src/main.ts nor main.py`);
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
