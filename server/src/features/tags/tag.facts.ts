import { Alias, NodeId, TagName } from "@clew/schema";
import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { Time } from "../../core/time.ts";

/** A tag's value: one line of text. */
export const TagValue = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/, "must not hold control characters");

/** Tags and aliases are no part of what a thing was made of: they change nothing in the graph. */
const project = () => [];

/** From `validFrom` on the alias names this version of the asset. */
export const aliasSet = defineFact({
  type: "alias.set",
  v: 1,
  payload: z.strictObject({ asset: NodeId, alias: Alias, version: NodeId, validFrom: Time }),
  project,
});

/** From `validFrom` on the alias names no version. */
export const aliasDeleted = defineFact({
  type: "alias.deleted",
  v: 1,
  payload: z.strictObject({ asset: NodeId, alias: Alias, validFrom: Time }),
  project,
});

/** From `validFrom` on the node has this tag. */
export const tagSet = defineFact({
  type: "tag.set",
  v: 1,
  payload: z.strictObject({ node: NodeId, key: TagName, value: TagValue, validFrom: Time }),
  project,
});

export const tagDeleted = defineFact({
  type: "tag.deleted",
  v: 1,
  payload: z.strictObject({ node: NodeId, key: TagName, validFrom: Time }),
  project,
});
