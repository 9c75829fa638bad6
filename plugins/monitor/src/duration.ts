import { PluginFailure } from "@clew/plugin-sdk";

const ISO = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNITS_MS = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000] as const;

/**
 * Milliseconds of seconds, or of an ISO 8601 duration in weeks, days, hours, minutes and seconds.
 * @throws {PluginFailure} BAD_PARAMETERS for years and months, which are not always as long, and for nothing at all.
 */
export function durationMs(name: string, duration: number | string): number {
  if (typeof duration === "number") return duration * 1_000;
  const parts = ISO.exec(duration)?.slice(1) ?? [];
  const ms = parts.reduce((sum, part, index) => sum + Number(part ?? 0) * UNITS_MS[index]!, 0);
  if (ms >= 1) return Math.round(ms);
  throw new PluginFailure(
    "BAD_PARAMETERS",
    `${name}: ${duration} is no time of weeks, days, hours, minutes and seconds`,
  );
}
