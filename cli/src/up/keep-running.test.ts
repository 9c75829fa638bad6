import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Kept, keepRunning, type Started } from "./keep-running.ts";

interface Child extends Started {
  readonly pid: number;
}

/** A real process that lives until it is stopped. */
async function sleeper(): Promise<Child> {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
  };
  return { pid: child.pid!, exited, stop };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5_000; !isTrue() && Date.now() < deadline; ) await delay(5);
  expect(isTrue()).toBe(true);
}

async function kept(start: (before: Child | null) => Promise<Child> = sleeper) {
  const said: string[] = [];
  const options = {
    say: (line: string) => void said.push(line),
    logPath: "nats.log",
    firstDelayMs: 20,
    maxDelayMs: 60,
  };
  const keeper: Kept<Child> = await keepRunning("nats", start, options);
  return { keeper, said };
}

describe("keepRunning", () => {
  it("starts a process that was killed again, and says so", async () => {
    const { keeper, said } = await kept();
    const { pid } = keeper.current;
    process.kill(pid, "SIGKILL");
    await until(() => keeper.current.pid !== pid);
    await until(() => said.length === 2);
    expect(said).toEqual(["nats ended (signal SIGKILL); starting it again in 20 ms (see nats.log)", "nats is back"]);
    expect(isAlive(keeper.current.pid)).toBe(true);
    await keeper.stop();
    expect(isAlive(keeper.current.pid)).toBe(false);
  });

  it("waits twice as long each time, up to its bound, while the start fails", async () => {
    let starts = 0;
    const { keeper, said } = await kept(async () => {
      starts += 1;
      if (starts > 1 && starts < 5) throw new Error("no room");
      return sleeper();
    });
    process.kill(keeper.current.pid, "SIGKILL");
    await until(() => said.at(-1) === "nats is back");
    expect(said.map((line) => /in (\d+ ms)/.exec(line)?.[1])).toEqual(["20 ms", "40 ms", "60 ms", "60 ms", undefined]);
    expect(said[1]).toBe("nats did not start: no room; starting it again in 40 ms (see nats.log)");
    await keeper.stop();
  });

  it("hands the former process to the next start, so that it takes the same port", async () => {
    const before: (number | undefined)[] = [];
    const { keeper } = await kept(async (former) => {
      before.push(former?.pid);
      return sleeper();
    });
    const { pid } = keeper.current;
    process.kill(pid, "SIGKILL");
    await until(() => before.length === 2);
    expect(before).toEqual([undefined, pid]);
    await until(() => keeper.current.pid !== pid);
    await keeper.stop();
  });

  it("starts nothing again once it is stopped, not even in the delay", async () => {
    let starts = 0;
    const { keeper, said } = await kept(async () => {
      starts += 1;
      return sleeper();
    });
    process.kill(keeper.current.pid, "SIGKILL");
    await until(() => said.length === 1);
    await keeper.stop();
    await delay(100);
    expect(starts).toBe(1);
  });

  it("throws where the first start does", async () => {
    await expect(kept(async () => Promise.reject(new Error("not found")))).rejects.toThrow("not found");
  });
});
