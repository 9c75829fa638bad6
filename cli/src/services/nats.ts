import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { addressOf, atAddress } from "./address.ts";
import { findOrInstallNatsProgram } from "./nats-install.ts";
import { accepts, freePort, onFreePort } from "./ports.ts";
import { natsVersion } from "./probes.ts";
import type { NatsService, StartOptions } from "./service.ts";
import { launch } from "./supervise.ts";

export interface NatsOptions extends StartOptions {
  /** More lines for the server's configuration file, such as an `authorization` block. */
  readonly config?: string;
}

/** A NATS server with JetStream, on the loopback interface only; or the one that CLEW_NATS_URL names. */
export async function startNats(options: NatsOptions): Promise<NatsService> {
  const url = options.own === true ? null : addressOf("nats");
  if (url !== null) return { ...(await atAddress("nats", url)), monitorUrl: null };
  const { where, version } = await findOrInstallNatsProgram();
  return onFreePort(options.port ?? (await lastPort(options.dir)), (port) => startOn(port, where, version, options));
}

/** Where the folder's server listened last, so that runners elsewhere find it again; undefined where somebody else has the port now. */
async function lastPort(dir: string): Promise<number | undefined> {
  const config = configFile(dir);
  const text = existsSync(config) ? readFileSync(config, "utf8") : "";
  const port = Number(/^listen: "127\.0\.0\.1:(\d+)"$/m.exec(text)?.[1] ?? 0);
  return port === 0 || (await accepts("127.0.0.1", port)) ? undefined : port;
}

const configFile = (dir: string) => join(resolve(dir), "nats.conf");

async function startOn(port: number, file: string, version: string, options: NatsOptions): Promise<NatsService> {
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true });
  const monitorPort = await freePort();
  const config = configFile(dir);
  writeFileSync(config, configuration(dir, port, monitorPort, options.config), { mode: 0o600 });
  const process = await launch({
    name: "nats",
    dir,
    file,
    args: ["--config", config],
    stopSignal: "SIGTERM",
    stopWithinMs: 10_000,
    readyWithinMs: 30_000,
    advice: `Look at ${config}; if its store is damaged, move ${join(dir, "jetstream")} away.`,
    ready: async () => (await natsVersion(port)) !== null,
    onLog: options.onLog,
  });
  const host = "127.0.0.1";
  return {
    ...process,
    name: "nats",
    version,
    port,
    url: `nats://${host}:${port}`,
    monitorUrl: `http://${host}:${monitorPort}`,
  };
}

function configuration(dir: string, port: number, monitorPort: number, more = ""): string {
  return [
    `listen: "127.0.0.1:${port}"`,
    `http: "127.0.0.1:${monitorPort}"`,
    `jetstream { store_dir: ${JSON.stringify(join(dir, "jetstream"))} }`,
    more,
    "",
  ].join("\n");
}
