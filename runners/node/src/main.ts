import type { Logger } from "pino";
import { ConfigError, type RunnerConfig, readConfig } from "./config.ts";
import { createLogger } from "./logger.ts";
import { NatsUnfit } from "./nats-link.ts";
import type { RunningRunner } from "./runner.ts";
import { NoPlugins, startRunner } from "./start-runner.ts";

/** Runs until SIGTERM or SIGINT, which drain; a second one kills. */
async function main(): Promise<number> {
  const config = configured();
  if (config === null) return 2;
  const log = createLogger(config.logLevel, secretsOf(config));
  const starting = new AbortController();
  let runner: RunningRunner | null = null;
  const ended = Promise.withResolvers<number>();
  let signals = 0;
  const onSignal = (name: string) => {
    signals += 1;
    log.info({ signal: name }, signals === 1 ? "told to stop" : "told to stop at once");
    if (runner === null) starting.abort(new Stopped());
    else void (signals === 1 ? runner.drain() : runner.stop()).then(() => ended.resolve(signals === 1 ? 0 : 1));
  };
  for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, onSignal);
  try {
    runner = await startRunner({ config, log, signal: starting.signal });
  } catch (error) {
    return startFault(error, log);
  }
  return await ended.promise;
}

class Stopped extends Error {}

function configured(): RunnerConfig | null {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(`clew-runner: ${error.message}`);
    return null;
  }
}

function secretsOf(config: RunnerConfig): string[] {
  const nats = /\/\/(?:[^@/:]*:)?([^@/]+)@/.exec(config.natsUrl)?.[1];
  return [config.runnerToken, config.natsToken, nats, ...Object.values(config.secrets)].filter(
    (value) => value != null,
  );
}

function startFault(error: unknown, log: Logger): number {
  if (error instanceof Stopped || (error as Error).cause instanceof Stopped) return 0;
  if (error instanceof NatsUnfit || error instanceof NoPlugins) log.fatal(error.message);
  else log.fatal({ err: error }, "the runner could not be started");
  return 1;
}

process.exit(await main());
