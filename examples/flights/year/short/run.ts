import type { FlightsOptions } from "../../flights-client.ts";
import { SHORT } from "../calendar.ts";
import { play } from "../run.ts";

/** The same story on a part of the flights of four months. */
export const runExample = (options: FlightsOptions): Promise<void> => play(options, SHORT);
