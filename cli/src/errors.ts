/** What a command could not do, in words for a person; `advice` says what to do next. */
export class CliError extends Error {
  override readonly name: string = "CliError";
  readonly exitCode: number = 1;
  /** From the API's catalogue of errors, where it came from there. */
  readonly code: string | null;
  readonly advice: string | null;

  constructor(message: string, more: { code?: string; advice?: string; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = more.code ?? null;
    this.advice = more.advice ?? ADVICE[more.code ?? ""] ?? null;
  }
}

/** The command line itself is wrong. */
export class UsageError extends CliError {
  override readonly name = "UsageError";
  override readonly exitCode = 2;
}

/** Nothing answers at the server's address. */
export class NoServerError extends CliError {
  override readonly name = "NoServerError";
}

const WHAT_THERE_IS = "`clew ls endpoints`, `clew ls model-versions` and so on tell what there is (`clew ls --help`)";

/** What to do about an error of the API, by its code. */
const ADVICE: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: "give a valid token with --token or CLEW_TOKEN; `clew token create` makes one",
  FORBIDDEN:
    "ask an administrator for a token with the role that it takes (`clew token create --grant namespace=ROLE`, `*` for every namespace)",
  NOT_FOUND: WHAT_THERE_IS,
  UNKNOWN_NODE: WHAT_THERE_IS,
  PLUGIN_UNKNOWN: "`clew ls plugins` tells which there are; a runner that hosts it makes a plugin known",
  PARAMETERS_INVALID: "`clew show <plugin>` tells which parameters it takes",
  LEDGER_BUSY: "try again shortly",
  DATABASE_UNAVAILABLE: "try again when the database is back; `clew doctor` tells what is missing",
  LEDGER_READ_ONLY: "an operator must look at the server: its ledger does not match its checkpoint",
  GRAPH_UNAVAILABLE: "try again when the graph store is back; `clew doctor` tells what is missing",
  GRAPH_BEHIND: "try again shortly",
  IDEMPOTENCY_KEY_REUSED: "choose another --key, or send the very same input again",
  BACKUP_DAMAGED: "take another copy of the backup, or an older backup; nothing was restored",
  BACKUP_UNSUPPORTED: "restore it with the version of Clew that made it, or a newer one",
  CHECKPOINT_KEY_UNKNOWN:
    "put checkpoint.key of the server that made the backup into the data folder, or give its verifier key with --key; if both are lost, --new-key",
  LEDGER_NOT_EMPTY: "name a new folder with --data-dir, or a new database; a backup is never laid over what is there",
  INTERNAL: "try again; if it stays, look at the server's log",
};

/** An error as lines for standard error, the first one with the program's name. */
export function errorLines(error: unknown): string[] {
  if (!(error instanceof Error)) return [`clew: ${String(error)}`];
  const { code = null, advice = null } = error as Partial<CliError>;
  const tag = error instanceof CliError && code !== null ? ` (${code})` : "";
  return [`clew: ${error.message}${tag}`, ...(advice === null ? [] : [`  → ${advice}`])];
}
