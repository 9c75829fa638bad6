import { isInt64 } from "./values.ts";

/**
 * Where a whole number stands that may be above 2^53: after what can stand before a number, so that the hex digits of digests are not
 * looked at. Also met inside strings, where it costs a second look and nothing else.
 */
const MANY_DIGITS = /(?:^|[\s:,[])-?\d{16}/;

/**
 * Parses JSON, and refuses a whole number that a double cannot hold, which JSON.parse would silently change into another one.
 * @throws {SyntaxError} for a text that is no JSON. @throws {RangeError} that names the number and where it stands.
 */
export function parseExactJson(text: string): unknown {
  return MANY_DIGITS.test(text)
    ? JSON.parse(text, refuseInexact as (key: string, value: unknown) => unknown)
    : JSON.parse(text);
}

function refuseInexact(key: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value === "number" && source !== undefined) checkExact(source, key);
  return value;
}

/** @throws {RangeError} for decimal digits whose value a double cannot hold. */
export function checkExact(digits: string, where: string): void {
  if (!/^-?\d{16,}$/.test(digits) || BigInt(digits) === BigInt(Number(digits))) return;
  const instead = isInt64(digits) ? `{"$int64": "${digits}"}` : `it as text: "${digits}"`;
  throw new RangeError(`${where}: ${digits} has more digits than JSON numbers keep; write ${instead}`);
}

/** The JSON value in a message's bytes; undefined where they are no UTF-8, no JSON, or hold a number that a double cannot. */
export function jsonIn(data: Uint8Array): unknown {
  try {
    return parseExactJson(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch {
    return undefined;
  }
}
