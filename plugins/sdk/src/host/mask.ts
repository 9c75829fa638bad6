import type { Failure, JobMessage, JobOutput } from "@clew/schema";

/** Values shorter than this are not masked: they would blot out half of every text. */
const MIN_SECRET_CHARACTERS = 4;

/** Writes *** for secrets in what a job says. */
export class Mask {
  readonly #secrets: readonly string[];

  /** Of a value with several lines each line counts too, since logs come line by line. */
  constructor(values: readonly string[]) {
    const lines = values.flatMap((value) => [value, ...value.split(/\r?\n/)]);
    this.#secrets = [...new Set(lines)]
      .filter((text) => text.length >= MIN_SECRET_CHARACTERS)
      .toSorted((a, b) => b.length - a.length);
  }

  text(text: string): string {
    return this.#secrets.reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
  }

  /** Every string of a JSON value, keys included. */
  value<T>(value: T): T {
    return this.#deep(value) as T;
  }

  /** All that is free text in a message; what the protocol fixes stays. */
  message(message: JobMessage): JobMessage {
    if (this.#secrets.length === 0) return message;
    switch (message.type) {
      case "hello":
        return { ...message, environment: this.value(message.environment) };
      case "log":
      case "progress":
        return { ...message, message: this.text(message.message) };
      case "metric":
        return { ...message, name: this.text(message.name) };
      case "output":
        return { ...message, output: this.output(message.output) };
      case "result":
        return { ...message, summary: this.value(message.summary) };
      case "deployed":
        return message.failure === null ? message : { ...message, failure: this.#failure(message.failure) };
      case "report":
        return { ...message, report: { ...this.value(message.report), about: message.report.about } };
      case "alert":
        return { ...message, cause: this.text(message.cause), message: this.text(message.message) };
      case "predictions":
        return { ...message, records: this.value(message.records) };
      case "listening":
      case "observe":
        return message;
      case "seen":
        return message.kept === undefined ? message : { ...message, kept: this.text(message.kept) };
      default:
        message.type satisfies "failure";
        return { ...message, failure: this.#failure(message.failure) };
    }
  }

  #failure(failure: Failure): Failure {
    return { ...this.value(failure), type: failure.type };
  }

  /** An output; its folder stays, or its files could not be found. */
  output(output: JobOutput): JobOutput {
    const masked = this.value(output);
    if (output.nodeType === "Report") {
      const { nodeType, reportType, verdict, dir } = output;
      return { ...masked, nodeType, reportType, verdict, dir } as JobOutput;
    }
    return { ...masked, nodeType: output.nodeType, dir: output.dir } as JobOutput;
  }

  #deep(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#deep(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#deep(item)]));
  }
}
