/** Items in their order, as many together as `maxBytes` of JSON take; one that is larger by itself is left out. */
export function inParts<Item>(items: readonly Item[], maxBytes: number): Item[][] {
  const parts: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes > maxBytes) continue;
    if (bytes > room) {
      parts.push([]);
      room = maxBytes;
    }
    parts.at(-1)!.push(item);
    room -= bytes;
  }
  return parts;
}
