import { Cron } from "croner";

export interface CronSchedule {
  /** Minute, hour, day of month, month, day of week. */
  readonly expression: string;
  /** As the IANA time zone database has it. */
  readonly timezone: string;
}

/** Times after which a schedule is looked at no further: so many firings missed are as good as many. */
const MISSED_MAX = 1_000;

/** Why a schedule cannot be used; null when it can. */
export function cronFault(schedule: CronSchedule): string | null {
  try {
    return cronOf(schedule).nextRun() === null ? "never comes" : null;
  } catch (error) {
    return (error as Error).message.slice(0, 200);
  }
}

/** The last time at or before `now` and after `after`, and how many there were before it; null where there was none. Milliseconds. */
export function lastDue(
  schedule: CronSchedule,
  after: number,
  now: number,
): { readonly at: number; readonly missed: number } | null {
  const cron = cronOf(schedule);
  let at: number | null = null;
  let count = 0;
  for (let from = after; count <= MISSED_MAX; count++) {
    const next = cron.nextRun(new Date(from))?.getTime() ?? Infinity;
    if (next > now) break;
    at = from = next;
  }
  if (at === null) return null;
  // A very long time away: the last is found from now backwards.
  if (count > MISSED_MAX) at = cron.previousRuns(1, new Date(now + 1))[0]?.getTime() ?? at;
  return { at, missed: Math.min(count - 1, MISSED_MAX) };
}

function cronOf({ expression, timezone }: CronSchedule): Cron {
  return new Cron(expression, { timezone, mode: "5-part", paused: true });
}
