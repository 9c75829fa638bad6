import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { endWithThisProcess, forget } from "./exit-hook.ts";
import { PidFile } from "./pid-file.ts";
import { endProcess, killTree } from "./processes.ts";
import { type Exit, type RunningService, ServiceError } from "./service.ts";

export interface Launch {
  /** For messages. */
  readonly name: string;
  readonly dir: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  /** Whom to run as, where this process may choose. */
  readonly identity?: { readonly uid: number; readonly gid: number };
  readonly stopSignal: NodeJS.Signals;
  readonly stopWithinMs: number;
  readonly readyWithinMs: number;
  /** What to try when it does not start, for the error's text. */
  readonly advice: string;
  readonly ready: (log: readonly string[]) => Promise<boolean>;
  readonly onLog?: ((line: string) => void) | undefined;
}

export type Supervised = Pick<RunningService, "exited" | "logTail" | "stop" | "kill"> & { readonly pid: number };

const KEPT_LINES = 60;

/**
 * Starts a service's process and returns when it answers.
 *
 * It ends with the process that started it: an exit hook stops it, and on Linux the kernel sends it the stop signal when its
 * starter dies in any other way, SIGKILL included (`setpriv --pdeathsig`, which replaces itself by the service and so adds no
 * process). The kernel looks at the thread that started it: start services from the main thread. Elsewhere SIGKILL to the
 * starter leaves an orphan, which the next start on the same folder finds by its pid file and stops.
 */
export async function launch(spec: Launch): Promise<Supervised> {
  const pidFile = new PidFile(spec.dir);
  await pidFile.claim(spec.stopSignal, spec.stopWithinMs);
  const log: string[] = [];
  let started: Started;
  try {
    started = spawnService(spec, log);
    pidFile.record(started.pid);
  } catch (error) {
    pidFile.release();
    throw error;
  }
  const supervised = supervise(spec, started, log, pidFile);
  await untilReady(spec, supervised, log);
  return supervised;
}

interface Started {
  readonly pid: number;
  readonly exited: Promise<Exit>;
}

function spawnService(spec: Launch, log: string[]): Started {
  const watcher = watcherFor(spec.stopSignal);
  const [file = spec.file, ...args] = [...watcher, spec.file, ...spec.args];
  const child = spawn(file, args, {
    cwd: spec.dir,
    env: { ...process.env, ...spec.env },
    stdio: ["ignore", "pipe", "pipe"],
    // In its own process group: Ctrl-C in a terminal must not reach the databases before the server has stopped.
    detached: true,
    ...spec.identity,
  });
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  child.once("error", (error) => log.push(String(error)));
  if (child.pid === undefined) throw new ServiceError(`${spec.name}: ${file} cannot be run. ${spec.advice}`);
  for (const stream of [child.stdout, child.stderr]) keepLines(stream, log, spec.onLog);
  letUsExit(child);
  endWithThisProcess(child.pid, spec.stopSignal, watcher.length > 0);
  return { pid: child.pid, exited };
}

/** What to put before the command so that the kernel ends the service with us; nothing where the kernel cannot. */
function watcherFor(stopSignal: NodeJS.Signals): string[] {
  const watcher = ["setpriv", "--pdeathsig", stopSignal.replace(/^SIG/, "")];
  // Not every setpriv knows the option: BusyBox has one that does not.
  const able = process.platform === "linux" && spawnSync("setpriv", [...watcher.slice(1), "true"]).status === 0;
  return able ? [...watcher, "--"] : [];
}

function keepLines(stream: Readable, log: string[], onLog: Launch["onLog"]): void {
  createInterface({ input: stream }).on("line", (line) => {
    log.push(line);
    if (log.length > KEPT_LINES) log.shift();
    onLog?.(line);
  });
}

/** A forgotten service must not keep its starter alive: then the starter ends, and its exit hook ends the service. */
function letUsExit(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdout, child.stderr]) (stream as unknown as { unref(): void }).unref();
}

function supervise(spec: Launch, { pid, exited }: Started, log: string[], pidFile: PidFile): Supervised {
  let ended = false;
  const gone = exited.then((exit) => {
    ended = true;
    forget(pid);
    return exit;
  });
  const finish = async (end: () => Promise<void>): Promise<void> => {
    if (!ended) await end();
    await keepingAwake(gone);
    pidFile.release();
  };
  return {
    pid,
    exited: gone,
    logTail: () => [...log],
    stop: () => finish(() => endProcess(pid, spec.stopSignal, spec.stopWithinMs)),
    kill: () => finish(() => killTree(pid)),
  };
}

/** The child is unreferenced, so that waiting for its end alone would let this process run dry. */
async function keepingAwake<T>(promise: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, 1_000);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}

async function untilReady(spec: Launch, service: Supervised, log: readonly string[]): Promise<void> {
  const deadline = Date.now() + spec.readyWithinMs;
  let exit: Exit | null = null;
  void service.exited.then((value) => (exit = value));
  for (;;) {
    const answered = await spec.ready(log);
    await delay(answered ? 0 : 40);
    if (exit !== null) throw await failure(spec, service, `ended at once (${describe(exit)})`);
    if (answered) return;
    if (Date.now() > deadline) throw await failure(spec, service, `did not answer within ${spec.readyWithinMs} ms`);
  }
}

async function failure(spec: Launch, service: Supervised, what: string): Promise<ServiceError> {
  await service.kill();
  const lines = service.logTail();
  const portTaken = lines.some((line) => /address (is )?already in use|port.*already in use/i.test(line));
  const tail = lines.slice(-20).map((line) => `  ${line}`);
  return new ServiceError([`${spec.name} ${what}. ${spec.advice}`, "Its last lines:", ...tail].join("\n"), {
    portTaken,
  });
}

function describe(exit: Exit): string {
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}
