import { fromMetricValue } from "@clew/schema";

/** 1,234,567 */
export function count(value: number): string {
  return value.toLocaleString("en-GB");
}

/** 27,004 rows; 1 row */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Bytes in powers of 1,000, three digits: 613 kB. */
export function bytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${power === 0 || scaled >= 99.95 ? scaled.toFixed(0) : scaled.toPrecision(2)} ${UNITS[power]}`;
}

/** The beginning of a digest, as people name commits: sha256:0123456789ab… */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}

/** A measured number as the API writes it: a number, or one of the strings that JSON has no number for. */
export function metric(value: number | string | { $number: "NaN" | "Infinity" | "-Infinity" }): string {
  const number = typeof value === "object" ? fromMetricValue(value) : Number(value);
  if (!Number.isFinite(number)) return String(number);
  if (Number.isInteger(number)) return count(number);
  const size = Math.abs(number);
  return size >= 1e-4 && size < 1e6 ? Number(number.toPrecision(4)).toString() : number.toExponential(3);
}

/** 250 ms; 3.2 s; 4 min 05 s; 2 h 03 min */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const pad = (value: number) => String(value).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${pad(Math.floor(seconds / 60) % 60)} min`;
}

/** A time to the second in UTC: 2026-01-31 12:00:00Z. */
export function time(iso: string | null): string {
  return iso === null ? "" : `${iso.slice(0, 19).replace("T", " ")}Z`;
}

/** A value of 0 to 1 as a bar of so many cells, to an eighth of a cell. */
export function bar(fraction: number, cells = 16): string {
  const eighths = Math.round(Math.min(1, Math.max(0, Number.isFinite(fraction) ? fraction : 0)) * cells * 8);
  const rest = eighths % 8;
  const partial = rest === 0 ? "" : String.fromCodePoint(0x2590 - rest);
  return "█".repeat(Math.floor(eighths / 8)) + partial;
}

/** How far something has come: ████      38 %, 1.2 GB of 3.1 GB. Of a total that turns out too small only what is done. */
export function progress(done: number, total: number, show: (amount: number) => string = bytes): string {
  if (done > total) return show(done);
  const fraction = total === 0 ? 0 : done / total;
  return `${bar(fraction).padEnd(16)} ${Math.floor(fraction * 100)} %, ${show(done)} of ${show(total)}`;
}
