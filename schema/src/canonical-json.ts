/** A value that JSON can hold exactly. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * RFC 8785 (JCS) canonical JSON: keys in UTF-16 code unit order, no white space, numbers and strings as ECMAScript
 * writes them. Keys whose value is undefined are left out.
 * @throws {RangeError} for a non-finite number, which JSON cannot hold.
 * @throws {TypeError} for a value that is no JSON (function, symbol, bigint) or a string with a lone surrogate.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "string") return canonicalString(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError(`JSON cannot hold ${value}`);
    return String(value);
  }
  if (Array.isArray(value)) return canonicalArray(value);
  if (typeof value === "object") return canonicalObject(value as Record<string, unknown>);
  throw new TypeError(`JSON cannot hold a ${typeof value}`);
}

/** Text that stands in JSON as it is: printable ASCII without quotation mark and backslash. Most text is, and need not be looked at twice. */
const PLAIN = /^[ !#-[\]-~]*$/;

function canonicalString(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError("JSON text must not hold a lone surrogate");
  return JSON.stringify(value);
}

function canonicalArray(values: readonly unknown[]): string {
  let text = "[";
  for (const value of values) text += `${text === "[" ? "" : ","}${canonicalJson(value === undefined ? null : value)}`;
  return `${text}]`;
}

function canonicalObject(value: Record<string, unknown>): string {
  let text = "{";
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) text += `${text === "{" ? "" : ","}${canonicalString(key)}:${canonicalJson(member)}`;
  }
  return `${text}}`;
}
