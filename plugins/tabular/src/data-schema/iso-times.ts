/** What a date in JSON looks like: the date of ISO 8601. */
export const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
/** RFC 3339 as far as microseconds, or a date; without an offset it is UTC. */
export const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,6}))?(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))?)?$/;

/** Since 1970; null where the text has another form or names a day that there is not. */
export function microsecondsOf(text: string, form: RegExp = TIMESTAMP): number | null {
  const parts = form.exec(text);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0));
  const date = new Date(Date.UTC(year!, month! - 1, day, hour, minute, second));
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year!, month! - 1, day);
  if (year === 0 || date.getUTCMonth() !== month! - 1 || date.getUTCDate() !== day) return null;
  return date.getTime() * 1000 + Number((parts[7] ?? "").padEnd(6, "0")) - offsetOf(parts);
}

function offsetOf(parts: readonly string[]): number {
  const minutes = Number(parts[9] ?? 0) * 60 + Number(parts[10] ?? 0);
  return (parts[8] === "-" ? -1 : 1) * minutes * 60_000_000;
}
