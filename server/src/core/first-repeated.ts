import type { z } from "zod";

/** The position of the first value that stands further ahead already; -1 when there is none. */
export function firstRepeated(values: readonly string[]): number {
  const seen = new Set<string>();
  return values.findIndex((value) => {
    const before = seen.size;
    return seen.add(value).size === before;
  });
}

/** A refinement of a list: its items differ in this field. */
export function eachOnce<Field extends string>(field: Field, message: string) {
  return (items: readonly Readonly<Record<Field, string>>[], context: z.RefinementCtx): void => {
    const again = firstRepeated(items.map((item) => item[field]));
    if (again >= 0) context.addIssue({ code: "custom", path: [again, field], message });
  };
}
