import type { PersonalRow } from "../../ports/ledger-store.ts";
import type { PersonalData, PersonalPlace } from "../../ports/personal-data.ts";
import type { BigIntColumn } from "./rows.ts";
import type { Sql } from "./sql.ts";

const COLUMNS = "digest, salt, value, subject, path, seq";

/** Before every row: entries are numbered from 1. */
const FIRST: PersonalPlace = { seq: 0, digest: "" };

type RawPersonal = Omit<PersonalRow, "seq"> & { readonly seq: BigIntColumn };

export class SqlPersonalData implements PersonalData {
  readonly #sql: Sql;
  readonly scrub: () => Promise<boolean>;

  /** @param scrub as the port has it; the two databases share nothing there. */
  constructor(sql: Sql, scrub: () => Promise<boolean>) {
    this.#sql = sql;
    this.scrub = scrub;
  }

  async of(subject: string): Promise<readonly PersonalRow[]> {
    const text = `select ${COLUMNS} from personal where subject = ? order by seq, path`;
    return (await this.#sql.all<RawPersonal>(text, [subject])).map(toPersonal);
  }

  async rows(after: PersonalPlace | null, limit: number): Promise<readonly PersonalRow[]> {
    const { seq, digest } = after ?? FIRST;
    const text = `select ${COLUMNS} from personal where (seq, digest) > (?, ?) order by seq, digest limit ?`;
    return (await this.#sql.all<RawPersonal>(text, [seq, digest, limit])).map(toPersonal);
  }
}

function toPersonal(row: RawPersonal): PersonalRow {
  return { ...row, seq: Number(row.seq) };
}
