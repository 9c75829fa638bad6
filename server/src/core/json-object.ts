import { type Json, TaggedInt64 } from "@clew/schema";
import { z } from "zod";

const KEY_MAX = 200;

/**
 * A JSON object whose keys are data: kept as it came, `__proto__` too, which z.record drops. Keys have 1 to 200 characters; numbers
 * are finite (others are tagged, as schema/src/values.ts says).
 */
export const JsonObject = jsonObject<Json>(numberFaults);

/** The same with short texts as values. */
export const TextObject = jsonObject<string>((value, path, report) => {
  if (typeof value !== "string" || value.length > 2000) report(path, "must be text of at most 2000 characters");
});

type Report = (path: string[], message: string) => void;

function jsonObject<Value extends Json>(check: (value: unknown, path: string[], report: Report) => void) {
  const schema = z.unknown().superRefine((value, context) => {
    const report: Report = (path, message) => context.addIssue({ code: "custom", path, message });
    if (!isObject(value)) return report([], "must be a JSON object");
    for (const [key, one] of Object.entries(value)) {
      if (key.length < 1 || key.length > KEY_MAX) report([key], `a key has 1 to ${KEY_MAX} characters`);
      check(one, [key], report);
    }
  });
  return schema as unknown as z.ZodType<Record<string, Value>, Record<string, Value>>;
}

function numberFaults(value: unknown, path: string[], report: Report): void {
  if (typeof value === "number" && !Number.isFinite(value))
    report(path, `JSON cannot hold ${value}; write {"$number": "${value}"}`);
  if (typeof value !== "object" || value === null) return;
  if (isTagged(value) && !TaggedInt64.safeParse(value).success)
    return report(
      path,
      '{"$int64": …} holds the decimal digits of a whole number of 64 bits, and a larger one is text',
    );
  for (const [key, one] of Object.entries(value)) numberFaults(one, [...path, key], report);
}

function isTagged(value: object): boolean {
  return Object.keys(value).join() === "$int64";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
