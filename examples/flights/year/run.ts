import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlightsOptions } from "../flights-client.ts";
import { type Calendar, YEAR } from "./calendar.ts";
import { Year } from "./year.ts";

/** The year 2013, half a month at a time: see README.md. */
export const runExample = (options: FlightsOptions): Promise<void> => play(options, YEAR);

export async function play(options: FlightsOptions, calendar: Calendar): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "clew-year-"));
  try {
    await new Year(options, calendar, dir).live();
  } finally {
    await rm(dir, { recursive: true });
  }
}
