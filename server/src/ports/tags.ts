/** ALIAS: a name of one of an asset's versions, whose id is the value. TAG: a text about any node. */
export type TagKind = "ALIAS" | "TAG";

export interface TagKey {
  /** What the key stands on: the asset of an alias, the node of a tag. */
  readonly nodeId: string;
  readonly kind: TagKind;
  readonly key: string;
}

/**
 * One belief: the key had this value from `validFrom` until `validTo` (milliseconds since 1970; null: to this day), as entry
 * `recordedSeq` says and no entry before `endedSeq` took back. Beliefs of a key that hold at once do not overlap in time.
 */
export interface TagRow extends TagKey {
  readonly value: string;
  readonly validFrom: number;
  readonly validTo: number | null;
  readonly recordedSeq: number;
  /** The only field that is ever written later. */
  readonly endedSeq: number | null;
}

/** What a fact says: from `validFrom` on the key has this value; null is none. */
export interface TagWord extends TagKey {
  readonly value: string | null;
  readonly validFrom: number;
}

/** What was true at `at` (milliseconds since 1970), as known after entry `knownSeq`; without it, as known now. */
export interface TagTime {
  readonly at: number;
  readonly knownSeq?: number | undefined;
}

/** Beliefs that a decision needs: those of the key that hold now and are not over before `from`. */
export interface TagRead extends TagKey {
  readonly from: number;
}
