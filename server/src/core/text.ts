import { z } from "zod";

/** A name for people: 1 to 255 characters, no control characters (which databases, terminals and logs take amiss). */
export const Label = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$/, "must not hold control characters");

/** How deep JSON may be nested: what reads it may call itself for each level. */
const DEPTH_MAX = 64;

export interface TextFault {
  readonly path: readonly string[];
  readonly message: string;
}

/** The first text in a value that is no Unicode (a lone surrogate), or the first place that is nested too deep. Null when all is well. */
export function textFault(value: unknown, depth = 0): TextFault | null {
  if (typeof value === "string")
    return value.isWellFormed() ? null : { path: [], message: "must be well-formed Unicode" };
  if (typeof value !== "object" || value === null) return null;
  if (depth >= DEPTH_MAX) return { path: [], message: `must not be nested deeper than ${DEPTH_MAX}` };
  for (const key of Object.keys(value)) {
    if (!key.isWellFormed()) return { path: [], message: "a key must be well-formed Unicode" };
    const fault = textFault((value as Record<string, unknown>)[key], depth + 1);
    if (fault) return { ...fault, path: [key, ...fault.path] };
  }
  return null;
}
