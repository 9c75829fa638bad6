/** The position of the first value that stands further ahead already; -1 when there is none. */
export function firstRepeated(values: readonly string[]): number {
  const seen = new Set<string>();
  return values.findIndex((value) => {
    const before = seen.size;
    return seen.add(value).size === before;
  });
}
