import type { AlertSaid, Job } from "@clew/plugin-sdk";
import type { Parameters } from "./parameters.ts";
import { Recurrence } from "./recurrence.ts";

/** What a monitor says; a job has these. */
export type Say = Pick<Job, "report" | "alert" | "seen" | "drained" | "log">;

/** Something that a window shows and that wants a reaction. */
export interface Finding {
  /** The deployment's id. */
  readonly about: string;
  readonly kind: keyof Parameters["alerts"]["severity"];
  /** The deployment is but the one that it is told of: it recurs whichever that is. */
  readonly isOfEndpoint?: boolean;
  /** What its alerts are grouped by. */
  readonly cause: string;
  readonly message: string;
  /** Names of the reports that show it. */
  readonly reports: readonly string[];
}

/** What one alert may hold. */
const MESSAGE_MAX = 2_000;
const REPORTS_MAX = 50;

/** Makes alerts of findings: once a cause has shown in enough windows, one for each window in which it shows. */
export class Alerts {
  readonly #say: Pick<Say, "alert">;
  readonly #parameters: Parameters["alerts"];
  readonly #recurrence: Recurrence;

  constructor(say: Pick<Say, "alert">, parameters: Parameters["alerts"]) {
    this.#say = say;
    this.#parameters = parameters;
    this.#recurrence = new Recurrence(parameters.windows, parameters.of);
  }

  /** @param finding the only one of its cause about that in this window */
  raise({ about, isOfEndpoint = false, kind, cause, message, reports }: Finding, ordinal: number): void {
    const shown = this.#recurrence.show(isOfEndpoint ? cause : `${about} ${cause}`, ordinal, reports);
    if (shown === null) return;
    const { windows, of, severity } = this.#parameters;
    const often = windows === 1 ? "" : `; so in ${windows} of the last ${of} windows`;
    const alert: AlertSaid = {
      about,
      cause: cause.slice(0, 200),
      severity: severity[kind],
      message: `${message.slice(0, MESSAGE_MAX - often.length)}${often}`,
      reports: shown.slice(-REPORTS_MAX),
    };
    this.#say.alert(alert);
  }
}

/** A number as short as it can be said for reading: four digits. */
export function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}
