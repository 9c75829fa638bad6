const LINE_WIDTH = 120;

/** plugin.json's text: two spaces, arrays of plain values on one line where it is not too long, as Biome formats it. */
export function formatManifest(manifest: unknown): string {
  return `${print(manifest, "", 0)}\n`;
}

function print(value: unknown, indent: string, column: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(", ")}]`;
    const isPlain = value.every((item) => typeof item !== "object" || item === null);
    if (isPlain && column + line.length < LINE_WIDTH) return line;
    return `[\n${value.map((item) => inner + print(item, inner, inner.length)).join(",\n")}\n${indent}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  return `{\n${entries.map(([key, item]) => member(key, item, inner)).join(",\n")}\n${indent}}`;
}

function member(key: string, value: unknown, indent: string): string {
  const start = `${indent}${JSON.stringify(key)}: `;
  return start + print(value, indent, start.length);
}
