import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { promisify } from "node:util";

export interface GroupMemory {
  /** Resident size of the group's processes together; pages that they share count for each. */
  rssBytes: number;
  /** At least rssBytes; where the system keeps it, the largest resident size that the group's leader ever had. */
  peakBytes: number;
}

/** What a process group holds in memory now. */
export async function groupMemory(pgid: number): Promise<GroupMemory> {
  return process.platform === "linux" ? await linuxGroupMemory(pgid) : await psGroupMemory(pgid);
}

/** By /proc. */
export async function linuxGroupMemory(pgid: number): Promise<GroupMemory> {
  let rssBytes = 0;
  let leaderPeak = 0;
  for (const pid of await membersOf(pgid)) {
    const status = await readOrEmpty(`/proc/${pid}/status`);
    rssBytes += kibOf(status, "VmRSS") * 1024;
    if (pid === String(pgid)) leaderPeak = kibOf(status, "VmHWM") * 1024;
  }
  return { rssBytes, peakBytes: Math.max(rssBytes, leaderPeak) };
}

/** By `ps`, for systems without /proc. */
export async function psGroupMemory(pgid: number): Promise<GroupMemory> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pgid=,rss="]);
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const kib = rows.filter(([group]) => group === pgid).reduce((sum, [, rss]) => sum + (rss ?? 0), 0);
  return { rssBytes: kib * 1024, peakBytes: kib * 1024 };
}

async function membersOf(pgid: number): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const groups = await Promise.all(pids.map((pid) => processGroupOf(pid)));
  return pids.filter((_, i) => groups[i] === pgid);
}

/** Field 5 of /proc/<pid>/stat (proc(5)); the command in field 2 may hold spaces and parentheses. */
async function processGroupOf(pid: string): Promise<number> {
  const stat = await readOrEmpty(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
}

/** A process may end between two reads. */
async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return "";
  }
}

function kibOf(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
}
