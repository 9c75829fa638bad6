/** A value that JSON can hold exactly. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * RFC 8785 (JCS) canonical JSON: keys in UTF-16 code unit order, no white space, numbers and strings as ECMAScript
 * writes them. Keys whose value is undefined are left out.
 * @throws {RangeError} for a non-finite number, which JSON cannot hold.
 * @throws {TypeError} for a value that is no JSON (function, symbol, bigint) or a string with a lone surrogate.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError(`JSON cannot hold ${value}`);
    return JSON.stringify(value);
  }
  if (typeof value === "string") return canonicalString(value);
  if (Array.isArray(value)) return `[${value.map((v) => canonicalJson(v === undefined ? null : v)).join(",")}]`;
  if (typeof value === "object") return canonicalObject(value as Record<string, unknown>);
  throw new TypeError(`JSON cannot hold a ${typeof value}`);
}

function canonicalString(value: string): string {
  if (!value.isWellFormed()) throw new TypeError("JSON text must not hold a lone surrogate");
  return JSON.stringify(value);
}

function canonicalObject(value: Record<string, unknown>): string {
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    if (value[key] !== undefined) members.push(`${canonicalString(key)}:${canonicalJson(value[key])}`);
  }
  return `{${members.join(",")}}`;
}
