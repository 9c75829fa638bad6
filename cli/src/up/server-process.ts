import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../checkout.ts";
import { CliError } from "../errors.ts";
import { accepts } from "../services/ports.ts";
import { launch, type Supervised } from "../services/supervise.ts";

export interface ServerOptions {
  readonly dataDir: string;
  readonly port: number;
  /** CLEW_… variables that name the services. */
  readonly env: Record<string, string>;
  readonly onLog: (line: string) => void;
  readonly logPath: string;
}

const HOST = "127.0.0.1";

/** Starts the GraphQL server from its sources and returns when it is ready. */
export async function startServerProcess(options: ServerOptions): Promise<Supervised> {
  const { dataDir, port, env, onLog, logPath } = options;
  const program = serverProgram();
  const dir = join(dataDir, "server");
  mkdirSync(dir, { recursive: true });
  return launch({
    name: "server",
    dir,
    ...program,
    env: { ...program.env, CLEW_DATA_DIR: dataDir, CLEW_HOST: HOST, CLEW_PORT: String(port), ...env },
    stopSignal: "SIGTERM",
    stopWithinMs: 20_000,
    readyWithinMs: 90_000,
    advice: `Look at ${logPath}.`,
    ready: () => isReady(serverUrl(port)),
    onLog,
  });
}

/** How the server is run from its sources. */
export function serverProgram(): {
  readonly file: string;
  readonly args: string[];
  readonly env: Record<string, string>;
} {
  const root = checkout();
  return {
    file: process.execPath,
    args: [
      // The server has decorators, which Node's own type stripping refuses.
      `--import=${join(root, "node_modules", "tsx", "dist", "loader.mjs")}`,
      "--conditions=clew-src",
      join(root, "server", "src", "app", "main.ts"),
    ],
    // As in the image: graphql checks every type twice where it is not in production, a third of a large answer's time.
    env: { NODE_ENV: "production", TSX_TSCONFIG_PATH: join(root, "server", "tsconfig.json") },
  };
}

export function serverUrl(port: number): string {
  return `http://${HOST}:${port}`;
}

/** @throws {CliError} where somebody else listens on the port already. */
export async function requireFreePort(port: number): Promise<void> {
  if (await accepts(HOST, port))
    throw new CliError(`port ${port} is taken by another process`, {
      advice: "stop it, or choose another with --port",
    });
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
