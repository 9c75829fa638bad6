import type { DataSchema, SchemaColumn } from "./data-schema.ts";

/** The schema as JSON for people: a column a line, without what is so anyway. `DataSchema` reads it back as it was. */
export function formatSchema({ columns, ...rest }: DataSchema): string {
  const lines = columns.map((column) => `    ${JSON.stringify(bare(column))}`);
  const others = Object.entries(rest).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n  "columns": [\n${lines.join(",\n")}\n  ],\n${others.join(",\n")}\n}\n`;
}

function bare({ name, type, presence, ...rest }: SchemaColumn): object {
  const { minFraction, minCount } = presence;
  const wanted = { ...(minFraction > 0 && { minFraction }), ...(minCount > 0 && { minCount }) };
  const said = Object.entries(rest).filter(([field, value]) => !isDefault(field, value));
  return { name, type, ...(Object.keys(wanted).length > 0 && { presence: wanted }), ...Object.fromEntries(said) };
}

function isDefault(field: string, value: unknown): boolean {
  if (field === "minDomainMass") return value === 1;
  return value === undefined || (Array.isArray(value) && value.length === 0);
}
