/** Takes from the front of what waits as much as fits together, and one at least, whatever its size. */
export function takeFitting<T>(
  waiting: T[],
  sizeOf: (one: T) => number,
  { sizeMax, countMax = Infinity }: { readonly sizeMax: number; readonly countMax?: number },
): T[] {
  let size = 0;
  let count = 0;
  for (const one of waiting) {
    size += sizeOf(one);
    if (count > 0 && (count >= countMax || size > sizeMax)) break;
    count += 1;
  }
  return waiting.splice(0, count);
}
