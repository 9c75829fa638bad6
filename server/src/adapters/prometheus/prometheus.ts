import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

export interface Sample {
  readonly value: number;
  /** A value for each of the reading's labels. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A number that is read when somebody asks. */
export interface Reading {
  readonly name: string;
  readonly help: string;
  /** Each must have few values, and none that users choose. */
  readonly labels?: readonly string[];
  readonly read: () => Promise<readonly Sample[]> | readonly Sample[];
}

export interface MetricsLog {
  warn(fields: object, message: string): void;
}

/** Seconds. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** What a Prometheus server scrapes. */
export class Prometheus {
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly #mutations: Counter;
  readonly #durations: Histogram;
  #hasProcess = false;

  constructor(readings: readonly Reading[], log: MetricsLog) {
    this.contentType = this.#registry.contentType;
    const registers = [this.#registry];
    this.#mutations = new Counter({
      name: "clew_mutations_total",
      help: "Mutations that were answered.",
      labelNames: ["mutation", "outcome"],
      registers,
    });
    this.#durations = new Histogram({
      name: "clew_mutation_duration_seconds",
      help: "From a mutation's arrival until its answer, the wait for the graph included.",
      labelNames: ["mutation"],
      buckets: DURATIONS,
      registers,
    });
    for (const reading of readings) addGauge(reading, this.#registry, log);
  }

  countMutation(mutation: string, outcome: string, durationMs: number): void {
    this.#mutations.inc({ mutation, outcome });
    this.#durations.observe({ mutation }, durationMs / 1000);
  }

  /** Everything as text. The process itself is watched from the first time on. */
  text(): Promise<string> {
    if (!this.#hasProcess) collectDefaultMetrics({ register: this.#registry });
    this.#hasProcess = true;
    return this.#registry.metrics();
  }
}

/** What cannot be read now is left out: the rest says what is wrong. */
function addGauge({ name, help, labels = [], read }: Reading, registry: Registry, log: MetricsLog): void {
  const gauge = new Gauge({
    name,
    help,
    labelNames: labels,
    registers: [],
    async collect() {
      this.reset();
      try {
        for (const { value, labels: of = {} } of await read()) this.set(of, value);
      } catch (error) {
        if (labels.length === 0) this.remove();
        log.warn({ err: error, metric: name }, "a metric cannot be read");
      }
    },
  });
  registry.registerMetric(gauge);
}
