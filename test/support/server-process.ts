import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Answer, bearer, readAnswer } from "./answer.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A server in a process of its own, which can be killed. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** What its log has so far, a JSON text each. */
  readonly log: readonly string[];
  /** SIGKILL: nothing is finished, nothing is flushed. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void>;
  gql<Data>(document: { toString(): string }, variables?: object): Promise<Answer<Data>>;
}

/** How the tests and `npm start` run it, which needs no build. */
export const FROM_SOURCE = [
  "--conditions=clew-src",
  `--import=${join(root, "node_modules/tsx/dist/loader.mjs")}`,
  join(root, "server/src/app/main.ts"),
];
/** How the image runs it; `npm run build` first. */
export const BUILT = ["server/dist/app/main.js"];

/** What a server's process needs to run on a folder, on a port of its own choice. */
export function serverEnvironment(dataDir: string): NodeJS.ProcessEnv {
  const tsconfig = join(root, "server/tsconfig.json");
  return { PATH: process.env["PATH"], TSX_TSCONFIG_PATH: tsconfig, CLEW_DATA_DIR: dataDir, CLEW_PORT: "0" };
}

export async function startServerProcess(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
  program: readonly string[] = FROM_SOURCE,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, program, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...serverEnvironment(dataDir), ...environment },
  });
  const log: string[] = [];
  const url = await urlOf(child, log);
  const token = readFileSync(join(dataDir, "admin.token"), "utf8").trim();
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  return {
    url,
    pid: child.pid!,
    log,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    gql: async (document, variables = {}) => {
      const body = JSON.stringify({ query: document.toString(), variables });
      const headers = { "content-type": "application/json", ...bearer(token) };
      return readAnswer(await fetch(`${url}/graphql`, { method: "POST", headers, body }));
    },
  };
}

function urlOf(child: ChildProcess, log: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const heard = (line: string) => {
      log.push(line);
      const { msg, url } = line.startsWith("{") ? (JSON.parse(line) as { msg?: string; url?: string }) : {};
      if (msg === "ready" && url !== undefined) resolve(url);
    };
    createInterface({ input: child.stdout! }).on("line", heard);
    createInterface({ input: child.stderr! }).on("line", heard);
    child.once("exit", () => reject(new Error(`the server ended before it was ready:\n${log.join("\n")}`)));
  });
}
