import { z } from "zod";

/** How many labels one message, and one call of recordLabels, may carry. */
export const LABELS_MAX = 1_000;
const VALUE_MAX = 255;

/** What a prediction turned out to be. Several may come for one row: who reads them takes one by `inference` and `row`. */
export const Label = z.strictObject({
  /** The inference's id, as it was answered with the prediction. */
  inference: z.string().min(1).max(200),
  /** Which row of the request, from 0. */
  row: z.number().int().nonnegative().max(0x7fff_ffff).default(0),
  value: z.union([z.string().max(VALUE_MAX), z.number(), z.boolean(), z.null()]),
  /** When the outcome became known. */
  at: z.iso.datetime(),
});
export type Label = z.infer<typeof Label>;
