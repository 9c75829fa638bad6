/** The first thing that does not hold; `seq` is null when it is the signed head itself. */
export interface LedgerFault {
  readonly seq: number | null;
  readonly reason: string;
}
