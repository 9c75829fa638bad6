import { z } from "zod";
import { ARROW_TYPES } from "../../core/arrows.ts";
import type { Row } from "./connection.ts";

const ArrowName = z.enum(ARROW_TYPES as [(typeof ARROW_TYPES)[number], ...(typeof ARROW_TYPES)[number][]]);
const PositionColumns = { ledgerId: z.string(), seq: z.int(), leafHash: z.string() };

export const PositionRow = z.object(PositionColumns);
export const WalkRow = z.object({
  ...PositionColumns,
  /** Depth, id, type. */
  page: z.array(z.tuple([z.int(), z.string(), z.string()])),
  hasMore: z.boolean(),
  /** Hit, type, nearer node, role, weight, mode. */
  arrows: z.array(
    z.tuple([z.string(), ArrowName, z.string(), z.string().nullable(), z.number().nullable(), z.string().nullable()]),
  ),
  reached: z.int(),
  isDeeper: z.boolean(),
});
export const CountRow = z.object({
  ...PositionColumns,
  counts: z.array(z.tuple([z.string(), z.int()])),
  reached: z.int(),
  isDeeper: z.boolean(),
});
export const PathsRow = z.object({ paths: z.array(z.tuple([z.array(z.string()), z.array(ArrowName)])) });
export const MissingRow = z.object({ missing: z.array(z.string()) });

export type PositionRow = z.output<typeof PositionRow>;
export type WalkRow = z.output<typeof WalkRow>;

/** The one row that a statement answers. */
export function only<T extends z.ZodType>(shape: T, rows: readonly Row[]): z.output<T> {
  return shape.parse(rows[0]);
}
