import type { StatedValue } from "../core/stated-value.ts";

/** A value of a node of this type, which the entry `seq` made. */
export interface ValueRow extends StatedValue {
  readonly type: string;
  readonly nodeId: string;
  readonly seq: number;
}
