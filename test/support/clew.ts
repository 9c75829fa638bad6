import { expect } from "vitest";
import { runCli } from "../../cli/src/program.ts";
import { plain } from "../../cli/src/terminal/paint.ts";
import type { TestServer } from "./server.ts";

/** What the command line, as a server's administrator, prints; it must succeed. */
export async function clew(server: TestServer, ...args: string[]): Promise<string> {
  const { status, text } = await runClew(server, ...args);
  expect(status, text).toBe(0);
  return text;
}

/** The same, whatever comes of it. */
export async function runClew(server: TestServer, ...args: string[]): Promise<{ status: number; text: string }> {
  const lines: string[] = [];
  const io = {
    out: (line: string) => lines.push(line),
    err: (line: string) => lines.push(line),
    paint: plain,
    terminal: null,
  };
  const status = await runCli(["--url", server.running.url, "--token", server.adminToken, ...args], io);
  return { status, text: lines.join("\n") };
}
