import { randomFrom } from "../src/random.ts";

/** Names that need care wherever they are written, in their order. */
export const CLASSES = ['a "late", cancelled one', "on time\nor nearly", "verspätet <1h>"] as const;

export interface Flight {
  hour: number;
  load: number;
  port: string;
  outcome: string | null;
  /** The outcome as a whole number: 2, 9 or 10. */
  code: number;
}

/** Flights whose outcome follows from hour and load, but for one in ten; rows by the hour they are of. */
export function flights(rows: number, seed = 3): Flight[] {
  const random = randomFrom(seed);
  return Array.from({ length: rows }, () => {
    const [hour, load] = [Math.floor(random() * 24), Math.round(random() * 100)];
    const is = random() < 0.1 ? Math.floor(random() * 3) : hour < 12 ? 1 : load > 60 ? 0 : 2;
    return { hour, load, port: random() < 0.5 ? "A" : "B", outcome: CLASSES[is]!, code: [2, 9, 10][is]! };
  });
}

/** As a file of a dataset version: JSON lines. */
export function flightsFile(rows: readonly Flight[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** What train-xgboost makes a model of several classes of them with. */
export const TRAINING = {
  sql: "SELECT hour, load, outcome FROM data",
  target: "outcome",
  features: [
    { name: "hour", column: "hour", kind: "numeric" },
    { name: "load", column: "load", kind: "numeric" },
  ],
  trees: { maxRounds: 3, maxDepth: 2, learningRate: 0.8 },
} as const;
