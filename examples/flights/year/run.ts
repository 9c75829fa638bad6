import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlightsOptions } from "../flights-client.ts";
import { Deliveries } from "./deliveries.ts";
import { Year } from "./year.ts";

/** The year 2013, half a month at a time: see README.md. */
export async function runExample(options: FlightsOptions): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "clew-year-"));
  try {
    await new Year(options, new Deliveries(dir)).live();
  } finally {
    await rm(dir, { recursive: true });
  }
}
