import type { Subjects } from "@clew/schema";
import type { JobGuard } from "@clew/plugin-sdk/host";
import type { Logger } from "pino";
import type { ContentCache } from "./content-cache.ts";
import type { GraphqlLink } from "./graphql-link.ts";
import type { NatsLink } from "./nats-link.ts";
import type { PluginCode } from "./plugin-code.ts";
import type { Prestarted } from "./prestarted.ts";
import type { HeldLeases } from "./held-leases.ts";
import type { PublishEvents } from "./run-events.ts";
import type { PublishPredictions } from "./service.ts";

/** What every attempt of a runner uses. */
export interface AttemptParts {
  readonly nats: NatsLink;
  readonly link: GraphqlLink;
  readonly space: Subjects;
  readonly publishEvents: PublishEvents;
  readonly publishPredictions: PublishPredictions;
  readonly leases: HeldLeases;
  readonly cache: ContentCache;
  readonly serverUrl: string;
  /** Holds the attempts' folders, each removed when its attempt has ended. */
  readonly attemptsDir: string;
  /** Where Node keeps what it has compiled of plugins, for the next job. */
  readonly compileCacheDir: string;
  /** What code each plugin runs. */
  readonly code: PluginCode;
  readonly guard: JobGuard;
  readonly prestarted: Prestarted;
  readonly secrets: Readonly<Record<string, string>>;
  readonly runnerVersion: string;
  readonly log: Logger;
}
