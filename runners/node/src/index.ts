export { ConfigError, type RunnerConfig, readConfig } from "./config.ts";
export { createLogger } from "./logger.ts";
export { NatsUnfit } from "./nats-link.ts";
export type { RunningRunner } from "./runner.ts";
export { NoPlugins, type StartRunnerOptions, startRunner } from "./start-runner.ts";
