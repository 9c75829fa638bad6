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

/** A node id as one subject token: its part after the colon. */
export function idToken(id: string): string {
  return token(id.slice(id.indexOf(":") + 1));
}

export function subjects(prefix = "clew") {
  token(prefix);
  return {
    prefix,
    job: (plugin: string, major: number, pool: string) => `${prefix}.jobs.${token(plugin)}.${major}.${token(pool)}`,
    allJobs: `${prefix}.jobs.>`,
    control: (runId: string) => `${prefix}.runs.${idToken(runId)}.control`,
    events: (runId: string) => `${prefix}.runs.${idToken(runId)}.events`,
    allEvents: `${prefix}.runs.*.events`,
    mutations: (runnerId: string) => `${prefix}.mutations.${idToken(runnerId)}`,
    allMutations: `${prefix}.mutations.>`,
    runner: (runnerId: string) => `${prefix}.runners.${idToken(runnerId)}`,
    allRunners: `${prefix}.runners.*`,
    ledgerEntries: `${prefix}.ledger.entries`,
    ledgerHeads: `${prefix}.ledger.heads`,
    allLedger: `${prefix}.ledger.>`,
    deadJobs: `${prefix}.dead.jobs`,
    streams: {
      jobs: `${prefix}-jobs`.toUpperCase(),
      events: `${prefix}-events`.toUpperCase(),
      mutations: `${prefix}-mutations`.toUpperCase(),
      ledger: `${prefix}-ledger`.toUpperCase(),
      dead: `${prefix}-dead`.toUpperCase(),
    },
  } as const;
}
export type Subjects = ReturnType<typeof subjects>;

/** The header in which a mutation names the inbox for its answer. */
export const REPLY_HEADER = "Clew-Reply";
