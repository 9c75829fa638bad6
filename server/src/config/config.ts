import { z } from "zod";

const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((value) => value === "true")]);

const alias = z
  .string()
  .regex(/^(?!\d+$)[a-z0-9][a-z0-9._-]{0,62}$/, "must be names of aliases with commas between, or none");
/** `none`, or names with commas between. */
const aliases = z.union([
  z.array(alias),
  z
    .string()
    .transform((text) => (text === "none" ? [] : text.split(",").map((name) => name.trim())))
    .pipe(z.array(alias)),
]);

/** Everything that can be set from outside. This file alone reads the environment. */
export const Config = z.object({
  /** Where the embedded parts keep what they have. */
  dataDir: z.string().min(1).default(".clew/data"),
  host: z.string().default("127.0.0.1"),
  port: z.coerce.number().int().min(0).max(65_535).default(4000),
  /** postgres://…; the embedded SQLite when left out. */
  postgresUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//)
    .optional(),
  /** bolt://… or neo4j://…; the embedded graph when left out. */
  neo4jUrl: z
    .string()
    .regex(/^(bolt|neo4j)(\+s|\+ssc)?:\/\//)
    .optional(),
  neo4jUser: z.string().default("neo4j"),
  neo4jPassword: z.string().default(""),
  /** nats://…; without it nothing is announced and no runner can be reached. */
  natsUrl: z
    .string()
    .regex(/^(nats|tls):\/\//)
    .optional(),
  natsPrefix: z
    .string()
    .regex(/^[a-z0-9-]{1,30}$/)
    .default("clew"),
  natsToken: z.string().optional(),
  /** A NATS credentials file, which may do everything in Clew's account. */
  natsCreds: z.string().min(1).optional(),
  /** A file with the account's key or a signing key of it (`SA…`): runners that are enrolled get credentials of their own. */
  natsSigningKey: z.string().min(1).optional(),
  leaseSeconds: z.coerce.number().int().min(2).max(3600).default(30),
  bodyMaxBytes: z.coerce
    .number()
    .int()
    .min(1024)
    // A version of 10,000 columns with statistics and lineage is about 4 MB.
    .default(16 * 1024 * 1024),
  artifactMaxBytes: z.coerce
    .number()
    .int()
    .min(1)
    .default(64 * 1024 ** 3),
  /** A client of a subscription that takes nothing for so long is closed; it resumes from its cursor. */
  subscriptionStallSeconds: z.coerce.number().int().min(1).max(3600).default(10),
  /** Whether webhooks may lead to loopback, link-local and private addresses: for who trusts every administrator of a namespace. */
  webhookAllowPrivate: flag.default(false),
  webhookTimeoutSeconds: z.coerce.number().int().min(1).max(60).default(10),
  /** Failures in a row after which a webhook is given up; 100 take nearly three days. */
  webhookMaxAttempts: z.coerce.number().int().min(1).max(1000).default(100),
  /** smtp://user:password@host:587 or smtps://…; without it no webhook leads to an e-mail address. */
  smtpUrl: z
    .string()
    .regex(/^smtps?:\/\/./, "must begin with smtp:// or smtps://")
    .refine((url) => URL.canParse(url), "is no URL")
    .optional(),
  /** Whom mails are from: an address, or a name with the address in angle brackets. */
  smtpFrom: z.string().min(3).max(300).default("Clew <clew@localhost>"),
  /** How many days lines of jobs' logs are kept. */
  logRetentionDays: z.coerce.number().int().min(1).max(36_500).default(90),
  /** How many lines of one attempt are kept; of at most 10,000 characters each. */
  logLinesMax: z.coerce.number().int().min(1).max(10_000_000).default(100_000),
  /** Aliases that only an APPROVER of the asset's namespace sets and deletes. */
  protectedAliases: aliases.default(["production"]),
  graphiql: flag.default(true),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});
export type Config = z.infer<typeof Config>;

/** The environment variable of each setting. */
export const VARIABLES: Readonly<Record<keyof Config, string>> = {
  dataDir: "CLEW_DATA_DIR",
  host: "CLEW_HOST",
  port: "CLEW_PORT",
  postgresUrl: "CLEW_POSTGRES_URL",
  neo4jUrl: "CLEW_NEO4J_URL",
  neo4jUser: "CLEW_NEO4J_USER",
  neo4jPassword: "CLEW_NEO4J_PASSWORD",
  natsUrl: "CLEW_NATS_URL",
  natsPrefix: "CLEW_NATS_PREFIX",
  natsToken: "CLEW_NATS_TOKEN",
  natsCreds: "CLEW_NATS_CREDS",
  natsSigningKey: "CLEW_NATS_SIGNING_KEY",
  leaseSeconds: "CLEW_LEASE_SECONDS",
  bodyMaxBytes: "CLEW_BODY_MAX_BYTES",
  artifactMaxBytes: "CLEW_ARTIFACT_MAX_BYTES",
  subscriptionStallSeconds: "CLEW_SUBSCRIPTION_STALL_SECONDS",
  webhookAllowPrivate: "CLEW_WEBHOOK_ALLOW_PRIVATE",
  webhookTimeoutSeconds: "CLEW_WEBHOOK_TIMEOUT_SECONDS",
  webhookMaxAttempts: "CLEW_WEBHOOK_MAX_ATTEMPTS",
  smtpUrl: "CLEW_SMTP_URL",
  smtpFrom: "CLEW_SMTP_FROM",
  logRetentionDays: "CLEW_LOG_RETENTION_DAYS",
  logLinesMax: "CLEW_LOG_LINES_MAX",
  protectedAliases: "CLEW_PROTECTED_ALIASES",
  graphiql: "CLEW_GRAPHIQL",
  logLevel: "CLEW_LOG_LEVEL",
};

/** @throws {Error} that names every variable whose value is not one of its kind. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.entries(VARIABLES).flatMap(([key, variable]) => {
    const value = environment[variable];
    return value === undefined || value === "" ? [] : [[key, value]];
  });
  const parsed = Config.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${VARIABLES[path[0] as keyof Config]}: ${message}`);
  throw new Error(`the configuration cannot be used:\n  ${faults.join("\n  ")}`);
}
