import { z } from "zod";

/** What is compared, and how sure the decision shall be. */
export const AbOptions = z.strictObject({
  alpha: z
    .number()
    .gt(0)
    .max(0.5)
    .default(0.05)
    .describe("Largest probability of a wrong decision, however often and whenever one looks"),
  margin: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe("A smaller difference of the means does not matter, in the outcomes' unit; null: every one does"),
  better: z.enum(["LOWER", "HIGHER"]).default("LOWER").describe("Which mean is better: LOWER, of a loss"),
  low: z.number().default(0).describe("No outcome is below"),
  high: z.number().default(1).describe("No outcome is above"),
  tightestAt: z
    .number()
    .int()
    .min(10)
    .max(1_000_000_000)
    .default(10_000)
    .describe("Rows of both arms at which it decides best; at others it is as right, and takes somewhat longer"),
});
export type AbOptions = z.output<typeof AbOptions>;

export const AbOutcome = z.enum(["CONTINUE", "FIRST_BETTER", "SECOND_BETTER", "NO_RELEVANT_DIFFERENCE"]);
export type AbOutcome = z.output<typeof AbOutcome>;

const Count = z.number().int().nonnegative();
/** Rows with the sum of their outcomes, which lie between 0 and 1, and of their squares. */
const Tally = z.strictObject({ rows: Count, sum: z.number().nonnegative(), squares: z.number().nonnegative() });
export type Tally = z.output<typeof Tally>;
const Pair = z.strictObject({ first: Tally, second: Tally });

/** All that a test has seen, in a few numbers: what JSON has kept goes on as if it had never stopped. */
export const AbState = z.strictObject({
  /** Of the blocks that are compared, and of the one that still waits for rows of both arms. */
  closed: Pair,
  open: Pair,
  /** Sum of the blocks' differences, second less first, by their weights. */
  difference: z.number(),
  weight: z.number().nonnegative(),
  variance: z.number().nonnegative(),
  pValue: z.number().min(0).max(1),
  /** What was decided, and of how many rows; it stands from then on. */
  decided: z.strictObject({ outcome: AbOutcome.exclude(["CONTINUE"]), rows: Count }).nullable(),
});
export type AbState = z.output<typeof AbState>;
