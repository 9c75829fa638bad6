import type { Flight } from "./flights.ts";
import type { Asked } from "./traffic.ts";

/** What warnings are worth to passengers, as the use case counts it. */
export interface Kpi {
  readonly flights: number;
  /** Those that were late, by more than 15 minutes. */
  readonly late: number;
  readonly warnings: number;
  /** Minutes of delay of the flights that were late and had been warned of. */
  readonly sparedMinutes: number;
  /** Warnings of flights that were not late. */
  readonly falseWarnings: number;
}

/** Later than this many minutes is late. */
export const LATE_MINUTES = 15;
/** From this probability on passengers are warned. */
export const WARN_FROM = 0.3;

/** Cancelled and diverted flights count for neither. */
function kpiOf(flights: readonly Flight[], isWarned: (flight: Flight, index: number) => boolean): Kpi {
  const late = flights.filter(({ delayMinutes }) => (delayMinutes ?? 0) > LATE_MINUTES).length;
  const kpi = { flights: flights.length, late, warnings: 0, sparedMinutes: 0, falseWarnings: 0 };
  for (const [index, flight] of flights.entries()) {
    if (!isWarned(flight, index)) continue;
    kpi.warnings += 1;
    if (flight.delayMinutes === null) continue;
    if (flight.delayMinutes > LATE_MINUTES) kpi.sparedMinutes += flight.delayMinutes;
    else kpi.falseWarnings += 1;
  }
  return kpi;
}

/** What the process before the model did: it warned of every flight in the evening. */
export const eveningKpi = (flights: readonly Flight[]): Kpi => kpiOf(flights, ({ isEvening }) => isEvening);

/** What the model's warnings came to. */
export function warnedKpi(asked: readonly Asked[]): Kpi {
  const flights = asked.map(({ flight }) => flight);
  return kpiOf(flights, (_, index) => asked[index]!.probability >= WARN_FROM);
}
