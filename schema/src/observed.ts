import { z } from "zod";
import { Label, LABELS_MAX } from "./labels.ts";
import { PREDICTIONS_MAX, Prediction } from "./predictions.ts";

/** How many batches a service may ask for ahead. */
export const OBSERVE_MAX = 16;

/** What a service that watches may keep with how far it has seen: text that only it understands, such as JSON. */
export const Kept = z.string().min(1).max(4_096);

const Count = z.number().int().nonnegative().default(0);

/**
 * What a service that watches an endpoint is given: a message of predictions, a message of labels, or, where nothing came for a while, the word that
 * nothing waits.
 */
export const Observed = z.strictObject({
  /** Its place in the stream, or how far the stream went where nothing waits. Never less than what was given before. */
  seq: z.number().int().nonnegative(),
  /** When NATS stored it, or found nothing waiting: all that was stored before has been given. Never goes back within an attempt. */
  storedAt: z.iso.datetime(),
  predictions: z.array(Prediction).max(PREDICTIONS_MAX).default([]),
  /** Predictions that the service which made them could not send on, and those that it left out by rate. */
  dropped: Count,
  sampledOut: Count,
  labels: z.array(Label).max(LABELS_MAX).default([]),
  /** Nothing more waited at that moment. */
  isCaughtUp: z.boolean(),
  /**
   * Messages that had gone from the stream before they could be read, since this was said last. At most: the stream does not say whose they were, so that
   * those of other endpoints count as well.
   */
  missed: Count,
  /** With the first that an attempt is given: what an attempt before kept with what it had seen. Left out where there is nothing. */
  kept: Kept.optional(),
});
export type Observed = z.infer<typeof Observed>;
