/** What a spreadsheet takes for the beginning of a formula (OWASP, "CSV injection"), spaces before it too. */
const FORMULA = /^\s*[=+\-@|%\t\r\n]/;

/**
 * Rows as CSV (RFC 4180): fields between quotes where they must be, lines ended by CRLF. A text that a spreadsheet would execute gets an
 * apostrophe before it, which makes it text there; numbers stay as they are.
 */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
