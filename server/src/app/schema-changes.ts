import { buildSchema, findBreakingChanges } from "graphql";
import { z } from "zod";

/** The breaking changes that somebody has decided on, each in the words of the check, with the reason. */
export const AcceptedChanges = z.array(z.strictObject({ change: z.string().min(1), reason: z.string().min(1) }));
export type AcceptedChanges = z.infer<typeof AcceptedChanges>;

export interface SchemaChanges {
  /** What a client of the last release may trip over and nobody has accepted, a sentence each. */
  readonly breaking: readonly string[];
  /** What is accepted but is no breaking change (any more). */
  readonly stale: readonly string[];
}

/**
 * Compares two schemas for what breaks a client that was written against the older one: a type, field, argument or enum value removed,
 * a type changed, an argument or input field newly required.
 * @param released the last release's SDL
 * @param emitted the SDL of today
 */
export function schemaChanges(released: string, emitted: string, accepted: AcceptedChanges): SchemaChanges {
  const found = new Set(
    findBreakingChanges(buildSchema(released), buildSchema(emitted)).map(({ description }) => description),
  );
  const known = new Set(accepted.map(({ change }) => change));
  return {
    breaking: [...found].filter((change) => !known.has(change)),
    stale: [...known].filter((change) => !found.has(change)),
  };
}
