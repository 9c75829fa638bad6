import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { digestOf, type Sha256, sha256 } from "@clew/schema";
import type { HostedPlugin } from "./hosted-plugins.ts";
import type { PluginCode } from "./plugin-code.ts";

const MIB = 1024 * 1024;
const VALUE_MAX = 2_000;
const NAME_MAX = 200;
const PYTHON_LIMIT_MS = 10_000;

/** What the host knows of the environment that a plugin runs in; nothing that tells two equal machines apart. */
export async function hostEnvironment(
  plugin: HostedPlugin,
  runnerVersion: string,
  code: PluginCode,
): Promise<Record<string, string>> {
  const { manifest, dir } = plugin;
  const isPython = manifest.runtime.type === "python";
  const [lockfile, codeDigest, python] = await Promise.all([
    nearestLockfile(dir),
    code.digest(plugin),
    isPython ? pythonEnvironment() : {},
  ]);
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
    ...(codeDigest !== null && { codeDigest }),
    ...(lockfile !== null && { lockfileDigest: lockfile }),
    ...python,
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

/** Python's version, and what is installed for it: the list as far as a value goes, and the digest of all of it. */
async function pythonEnvironment(): Promise<Record<string, string>> {
  try {
    const { stdout } = await promisify(execFile)("python3", ["-c", LIST_PACKAGES], { timeout: PYTHON_LIMIT_MS });
    const [version = "none", ...packages] = stdout.trim().split("\n");
    return { python: version, pythonPackages: packages.join(" "), pythonPackagesDigest: sha256(packages.join("\n")) };
  } catch {
    return { python: "none" };
  }
}

const LIST_PACKAGES = `
import importlib.metadata, platform
print(platform.python_version())
print(*sorted({f"{d.metadata['Name']}=={d.version}" for d in importlib.metadata.distributions()}), sep="\\n")
`;
