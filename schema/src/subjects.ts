/** Every NATS subject and stream, in one place. Tokens that come from outside are kept to what a subject token may hold. */
export interface SubjectSpace {
  /** `clew`, or another first token so that several Clews share one NATS. */
  readonly prefix: string;
}

const SAFE = /^[A-Za-z0-9_-]+$/;

function token(value: string): string {
  if (!SAFE.test(value)) throw new RangeError(`"${value}" cannot be part of a NATS subject`);
  return value;
}

/** What could be no plugin's and no pool's name must not become part of a permission. */
function isTokenOrAny(value: string): boolean {
  return value === "*" || SAFE.test(value);
}

/** A node id as one subject token: its part after the colon. */
export function idToken(id: string): string {
  return token(id.slice(id.indexOf(":") + 1));
}

/** The inbox space of a runner: it may subscribe to what is below, and is answered nowhere else. */
export function inboxOf(runnerId: string): string {
  return `_INBOX.${idToken(runnerId)}`;
}

/**
 * All that a runner needs of NATS. JetStream's requests are subjects too: `CONSUMER.CREATE.<stream>.<consumer>.<filter>` makes a consumer of
 * one filter subject, and `$JS.ACK.<stream>.>` is where deliveries are answered.
 */
export function runnerPermissions(
  space: Subjects,
  runnerId: string,
  scope: { readonly plugins: readonly string[]; readonly pools: readonly string[] },
): { readonly publish: readonly string[]; readonly subscribe: readonly string[] } {
  const id = idToken(runnerId);
  const { prefix, streams } = space;
  const plugins = scope.plugins.filter(isTokenOrAny);
  const queues = plugins.flatMap((plugin) =>
    scope.pools.filter(isTokenOrAny).map((pool) => `${prefix}.jobs.${plugin}.*.${pool}`),
  );
  return {
    publish: [
      space.mutations(runnerId),
      space.runner(runnerId),
      `${prefix}.runs.*.events.${id}`,
      `${prefix}.predictions.*.${id}`,
      ...queues.map((queue) => `$JS.API.CONSUMER.CREATE.${streams.jobs}.*.${queue}`),
      `$JS.API.CONSUMER.INFO.${streams.jobs}.*`,
      `$JS.API.CONSUMER.MSG.NEXT.${streams.jobs}.*`,
      `$JS.ACK.${streams.jobs}.>`,
      // It makes no consumer there: the server tells who watches an endpoint the name of one that reads that endpoint alone.
      `$JS.API.CONSUMER.MSG.NEXT.${streams.predictions}.*`,
      `$JS.API.STREAM.INFO.${streams.predictions}`,
    ],
    subscribe: [`${prefix}.runs.*.control`, `${inboxOf(runnerId)}.>`],
  };
}

export function subjects(prefix = "clew") {
  token(prefix);
  return {
    prefix,
    job: (plugin: string, major: number, pool: string) => `${prefix}.jobs.${token(plugin)}.${major}.${token(pool)}`,
    allJobs: `${prefix}.jobs.>`,
    control: (runId: string) => `${prefix}.runs.${idToken(runId)}.control`,
    /** The reporting runner is part of the subject, so that NATS can hold it to its own name. */
    events: (runId: string, runnerId: string) => `${prefix}.runs.${idToken(runId)}.events.${idToken(runnerId)}`,
    runEvents: (runId: string) => `${prefix}.runs.${idToken(runId)}.events.*`,
    allEvents: `${prefix}.runs.*.events.*`,
    predictions: (endpointId: string, runnerId: string) =>
      `${prefix}.predictions.${idToken(endpointId)}.${idToken(runnerId)}`,
    /** Of an endpoint, from every runner that serves it. */
    endpointPredictions: (endpointId: string) => `${prefix}.predictions.${idToken(endpointId)}.*`,
    allPredictions: `${prefix}.predictions.*.*`,
    /** `sender` is the id of whoever told them. */
    labels: (endpointId: string, sender: string) => `${prefix}.labels.${idToken(endpointId)}.${idToken(sender)}`,
    allLabels: `${prefix}.labels.*.*`,
    /** Predictions and labels of an endpoint: all that the stream of predictions has of it. One subject, since a consumer with several has no name for its filter. */
    observed: (endpointId: string) => `${prefix}.*.${idToken(endpointId)}.*`,
    mutations: (runnerId: string) => `${prefix}.mutations.${idToken(runnerId)}`,
    allMutations: `${prefix}.mutations.>`,
    runner: (runnerId: string) => `${prefix}.runners.${idToken(runnerId)}`,
    allRunners: `${prefix}.runners.*`,
    ledgerEntries: `${prefix}.ledger.entries`,
    ledgerHeads: `${prefix}.ledger.heads`,
    allLedger: `${prefix}.ledger.>`,
    /** A run has one place there: its newest dead letter replaces the one before. */
    deadJob: (runId: string) => `${prefix}.dead.jobs.${idToken(runId)}`,
    /** `seq` is the mutation's number in its stream. */
    deadMutation: (seq: number) => `${prefix}.dead.mutations.${seq}`,
    allDead: `${prefix}.dead.>`,
    /** Where NATS itself says that an invitation was delivered as often as it may be. */
    untakenJobs: `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${prefix.toUpperCase()}-JOBS.*`,
    streams: {
      jobs: `${prefix}-jobs`.toUpperCase(),
      events: `${prefix}-events`.toUpperCase(),
      predictions: `${prefix}-predictions`.toUpperCase(),
      mutations: `${prefix}-mutations`.toUpperCase(),
      ledger: `${prefix}-ledger`.toUpperCase(),
      dead: `${prefix}-dead`.toUpperCase(),
      untaken: `${prefix}-untaken`.toUpperCase(),
    },
  } as const;
}
export type Subjects = ReturnType<typeof subjects>;

/** The header in which a mutation names the inbox for its answer. */
export const REPLY_HEADER = "Clew-Reply";

/** The header in which an invitation says for which waiting of its run it is: the run's `notBefore`, in milliseconds since 1970. */
export const ROUND_HEADER = "Clew-Round";

/** The header in which a dead letter says what it is: JSON. */
export const LETTER_HEADER = "Clew-Letter";
