import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { digestOf, type Sha256, sha256 } from "@clew/schema";
import type { HostedPlugin } from "./hosted-plugins.ts";

const MIB = 1024 * 1024;
const VALUE_MAX = 2_000;
const NAME_MAX = 200;
const PYTHON_LIMIT_MS = 10_000;

/** What the host knows of the environment that a plugin runs in; nothing that tells two equal machines apart. */
export async function hostEnvironment(plugin: HostedPlugin, runnerVersion: string): Promise<Record<string, string>> {
  const { manifest, dir } = plugin;
  const lockfile = await nearestLockfile(dir);
  const python = manifest.runtime.type === "python" ? await pythonVersion() : null;
  return {
    platform: platform(),
    osRelease: release(),
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: String(cpus().length),
    memoryMiB: String(Math.floor(totalmem() / MIB)),
    node: process.versions.node,
    runner: runnerVersion,
    plugin: manifest.name,
    pluginVersion: manifest.version,
    manifestDigest: digestOf(manifest),
    ...(lockfile !== null && { lockfileDigest: lockfile }),
    ...(python !== null && { python }),
  };
}

/** With what the plugin says of its own; what the host has seen itself counts more. */
export function mergedEnvironment(host: Record<string, string>, said: Record<string, string>): Record<string, string> {
  const entries = Object.entries({ ...said, ...host }).filter(([name]) => name !== "" && name.length <= NAME_MAX);
  return Object.fromEntries(entries.map(([name, value]) => [name, value.slice(0, VALUE_MAX)]));
}

/** The digest of the package-lock.json in the plugin's folder or the closest one above it. */
export async function nearestLockfile(dir: string): Promise<Sha256 | null> {
  for (let at = dir; ; at = dirname(at)) {
    const bytes = await readFile(join(at, "package-lock.json")).catch(() => null);
    if (bytes !== null) return sha256(bytes);
    if (at === dirname(at)) return null;
  }
}

async function pythonVersion(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("python3", ["--version"], { timeout: PYTHON_LIMIT_MS });
    return stdout.replace(/^Python /, "").trim();
  } catch {
    return "none";
  }
}
