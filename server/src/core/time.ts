import { z } from "zod";

/** A time in milliseconds since 1970-01-01T00:00:00Z. */
export const Time = z.number().int().min(0, "must not be before 1970-01-01T00:00:00Z").max(8_640_000_000_000_000);
export type Time = z.infer<typeof Time>;
