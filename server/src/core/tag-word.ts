/** ALIAS: a name of one of an asset's versions, whose id is the value. TAG: a text about any node. */
export type TagKind = "ALIAS" | "TAG";

export interface TagKey {
  /** What the key stands on: the asset of an alias, the node of a tag. */
  readonly nodeId: string;
  readonly kind: TagKind;
  readonly key: string;
}

/** What a fact says: from `validFrom` on (milliseconds since 1970) the key has this value; null is none. */
export interface TagWord extends TagKey {
  readonly value: string | null;
  readonly validFrom: number;
}
