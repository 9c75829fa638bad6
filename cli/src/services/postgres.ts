import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { addressOf, atAddress } from "./address.ts";
import { run } from "./commands.ts";
import { onFreePort } from "./ports.ts";
import { findOrInstallPostgresProgram } from "./postgres-install.ts";
import { postgresAnswers } from "./probes.ts";
import { keptSecret } from "./secret.ts";
import { type PostgresService, ServiceError, type StartOptions } from "./service.ts";
import { launch } from "./supervise.ts";

const NAME = "clew";

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL on the loopback interface only, or the one that CLEW_POSTGRES_URL names. A commit is on the disk (fsync). */
export async function startPostgres(options: StartOptions): Promise<PostgresService> {
  const url = options.own === true ? null : addressOf("postgres");
  if (url !== null) return { ...(await atAddress("postgres", url)), ...credentialsIn(url) };
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true });
  const { where: bin, version } = await findOrInstallPostgresProgram(majorOf(dir));
  const identity = await whomToRunAs();
  const password = keptSecret(dir);
  if (identity !== undefined) await checkReach(dir, bin, identity);
  if (!existsSync(join(dir, "data"))) await initialise(dir, bin, password, identity);
  return onFreePort(options.port, (port) => startOn(port, { dir, bin, version, password, identity }, options));
}

interface Prepared {
  readonly dir: string;
  readonly bin: string;
  readonly version: string;
  readonly password: string;
  readonly identity: Identity | undefined;
}

async function startOn(port: number, prepared: Prepared, options: StartOptions): Promise<PostgresService> {
  const { dir, bin, version, password, identity } = prepared;
  const settings = { listen_addresses: "127.0.0.1", port: String(port), unix_socket_directories: "", fsync: "on" };
  const process = await launch({
    name: "postgres",
    dir,
    file: join(bin, "postgres"),
    args: ["-D", join(dir, "data"), ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`])],
    ...(identity === undefined ? {} : { identity }),
    // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
    stopSignal: "SIGINT",
    stopWithinMs: 15_000,
    readyWithinMs: 60_000,
    advice: `If the data are not needed, delete ${dir} and start again.`,
    ready: () => postgresAnswers(port),
    onLog: options.onLog,
  });
  const url = `postgres://${NAME}:${password}@127.0.0.1:${port}/${NAME}`;
  return { ...process, name: "postgres", version, port, url, user: NAME, password };
}

/** Made beside its place and renamed when the database exists too: a killed start leaves nothing half made. */
async function initialise(dir: string, bin: string, password: string, identity: Identity | undefined): Promise<void> {
  const temporary = join(dir, `data.new-${process.pid}`);
  const passwordFile = join(dir, `password.new-${process.pid}`);
  try {
    mkdirSync(temporary, { mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    for (const path of identity === undefined ? [] : [temporary, passwordFile]) {
      chownSync(path, identity?.uid ?? 0, identity?.gid ?? 0);
    }
    const as = { timeoutMs: 120_000, cwd: dir, ...(identity === undefined ? {} : { identity }) };
    const how = ["--auth=scram-sha-256", `--pwfile=${passwordFile}`, "--encoding=UTF8", "--locale=C"];
    await run(join(bin, "initdb"), ["-D", temporary, "-U", NAME, ...how], as);
    // Single-user mode needs neither a running server nor psql, which the package of npm does not have.
    const stdin = `CREATE DATABASE ${NAME};\n`;
    await run(join(bin, "postgres"), ["--single", "-D", temporary, "postgres"], { ...as, stdin });
    renameSync(temporary, join(dir, "data"));
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(temporary, { recursive: true, force: true });
  }
}

function majorOf(dir: string): string | undefined {
  const path = join(dir, "data", "PG_VERSION");
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}

/** PostgreSQL refuses to run as root: then as Debian's user for it, else as nobody. */
async function whomToRunAs(): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ["postgres", "nobody"]) {
    const ids = await Promise.all(["-u", "-g"].map((flag) => run("id", [flag, user]).catch(() => "")));
    const [uid, gid] = ids.map((id) => Number.parseInt(id, 10));
    if (uid !== undefined && gid !== undefined && !Number.isNaN(uid + gid)) return { uid, gid };
  }
  throw new ServiceError(
    "PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as.",
  );
}

async function checkReach(dir: string, bin: string, identity: Identity): Promise<void> {
  chmodSync(dir, 0o755);
  for (const path of [dir, bin]) {
    await run("/bin/sh", ["-c", 'cd "$1"', "sh", path], { identity, cwd: "/" }).catch((error: unknown) => {
      const advice =
        "Use a folder that other users may enter, do not run as root, or name a server in CLEW_POSTGRES_URL.";
      throw new ServiceError(
        `PostgreSQL does not run as root, and user ${identity.uid} cannot enter ${path}. ${advice}`,
        {
          cause: error,
        },
      );
    });
  }
}

function credentialsIn(url: string): { user: string; password: string } {
  const { username, password } = new URL(url);
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}
