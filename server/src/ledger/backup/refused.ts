/** Why a backup is not restored; each is an error of the catalogue. */
export type RefusalCode = "BACKUP_DAMAGED" | "BACKUP_UNSUPPORTED" | "CHECKPOINT_KEY_UNKNOWN" | "LEDGER_NOT_EMPTY";

export class RestoreRefused extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export function damaged(what: string, cause?: unknown): RestoreRefused {
  return new RestoreRefused("BACKUP_DAMAGED", `the backup is not whole or was changed: ${what}`, cause);
}
