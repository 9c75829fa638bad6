// Prints parcels as CSV: node parcels.mjs <month> <rows> [moved]. Nothing is real; the same arguments print the same parcels.
import { pathToFileURL } from "node:url";

const CARRIERS = ["north", "south", "west"];

/** Once a depot has moved, what was far for `north` is near, and the other carriers deliver from afar. */
const NEAR = { before: "north", moved: "south" };

/** A parcel that is like those of the month, and whether it will be late. */
export function parcel(random, month, world) {
  const day = 1 + Math.floor(random() * 28);
  const carrier = CARRIERS[Math.floor(random() * CARRIERS.length)];
  const distance = Math.round(10 + random() * 490);
  const weight = Math.round(random() * 200) / 10;
  const odds = carrier === NEAR[world] ? -2.5 : 0.4 + distance / 200 - 1.25;
  const late = random() < 1 / (1 + Math.exp(-odds));
  const at = `2026-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}T08:00:00Z`;
  return { at, carrier, distance, weight, late };
}

/** Mulberry32: numbers from 0 to 1 that follow from the seed. */
export function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [month, rows, world = "before"] = process.argv.slice(2);
  const random = randomOf(Number(month));
  const parcels = Array.from({ length: Number(rows) }, () => parcel(random, Number(month), world));
  console.log("at,carrier,distance,weight,late");
  for (const one of parcels) console.log(Object.values(one).join(","));
}
