import { z } from "zod";
import { clean } from "../terminal/text.ts";

/** Of a line of the runner's log (pino): what matters to whoever starts it. */
const Warning = z.object({
  level: z.number().min(40),
  msg: z.string(),
  plugin: z.string().optional(),
  dir: z.string().optional(),
  reason: z.string().optional(),
  userErrors: z.array(z.object({ code: z.string(), message: z.string() })).default([]),
});

/** A warning of the runner in one line for a person, such as a plugin that it does not host; null for any other line of its log. */
export function runnerWarning(line: string): string | null {
  const parsed = Warning.safeParse(asJson(line));
  if (!parsed.success) return null;
  const { msg, plugin, dir, reason, userErrors } = parsed.data;
  const causes = userErrors.map(({ code, message }) => `${message} (${code})`);
  return clean([plugin ?? dir, msg, reason, ...causes].filter((part) => part !== undefined).join(": "));
}

function asJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
