/**
 * Fills a template in: `{{name}}` is replaced by a value, the lines between `{{#flag}}` and `{{/flag}}` (each on a line of its
 * own, not nested) stay where the flag is set.
 * @throws {Error} for a value that is not given, or a block that is not closed.
 */
export function renderTemplate(
  text: string,
  flags: ReadonlySet<string>,
  values: Readonly<Record<string, string>>,
): string {
  const lines: string[] = [];
  let block: string | null = null;
  for (const line of text.split("\n")) {
    const [, mark, flag = ""] = /^\{\{([#/])(\w+)\}\}$/.exec(line) ?? [];
    if (mark === "#") block = flag;
    else if (mark === "/") block = null;
    else if (block === null || flags.has(block)) lines.push(fill(line, values));
  }
  if (block !== null) throw new Error(`the block ${block} is not closed`);
  return lines.join("\n");
}

function fill(line: string, values: Readonly<Record<string, string>>): string {
  return line.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the template asks for ${name}`);
    return value;
  });
}
