import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly started: string;
}

/**
 * Names a process beyond its number: numbers are used again, start times with them are not.
 * Null when there is no such process, or only its unreaped remains.
 */
export function identityOf(pid: number): string | null {
  const row = process.platform === "linux" ? rowFromProc(pid) : rowsFromPs(["-p", String(pid)])[0];
  return row === undefined ? null : `${row.pid}@${row.started}`;
}

/** Children, their children and so on. */
export function descendantsOf(pid: number): number[] {
  const rows = allRows();
  const found = [pid];
  for (const parent of found) {
    found.push(...rows.filter((row) => row.parent === parent).map((row) => row.pid));
  }
  return found.slice(1);
}

/** Sends a signal; a process that has gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** SIGKILL to the process and all below it; returns when they have gone. The top goes first, so that it can repair nothing. */
export async function killTree(pid: number, withinMs = 5_000): Promise<void> {
  const tree = [pid, ...descendantsOf(pid)].map((each) => ({ pid: each, identity: identityOf(each) }));
  for (const each of tree) signal(each.pid, "SIGKILL");
  const deadline = Date.now() + withinMs;
  while (tree.some((each) => each.identity !== null && identityOf(each.pid) === each.identity)) {
    if (Date.now() > deadline) throw new Error(`process ${pid} or a child of it survived SIGKILL for ${withinMs} ms`);
    await delay(10);
  }
}

/** Asks a process to end, and kills it and its children when it has not within the deadline. */
export async function endProcess(pid: number, stopSignal: NodeJS.Signals, withinMs: number): Promise<void> {
  const identity = identityOf(pid);
  if (identity === null) return;
  signal(pid, stopSignal);
  const deadline = Date.now() + withinMs;
  while (identityOf(pid) === identity) {
    if (Date.now() > deadline) return killTree(pid);
    await delay(20);
  }
}

function allRows(): ProcessRow[] {
  if (process.platform !== "linux") return rowsFromPs(["-A"]);
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => rowFromProc(Number(pid))).filter((row) => row !== undefined);
}

function rowFromProc(pid: number): ProcessRow | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name stands in brackets and may hold blanks and brackets itself.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    return { pid, parent: Number(fields[1]), started: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

/** For systems without /proc. */
function rowsFromPs(which: string[]): ProcessRow[] {
  try {
    const env = { ...process.env, LC_ALL: "C" };
    const text = execFileSync("ps", [...which, "-o", "pid=,ppid=,stat=,lstart="], { encoding: "utf8", env });
    return text.split("\n").flatMap((line) => {
      const [, pid, parent, state, started] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
      if (pid === undefined || state?.startsWith("Z")) return [];
      return [{ pid: Number(pid), parent: Number(parent), started: started ?? "" }];
    });
  } catch {
    return [];
  }
}
