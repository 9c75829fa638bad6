import { contentId, type JobMessage } from "@clew/schema";
import { PluginFailure } from "@clew/plugin-sdk";
import type { Logger } from "pino";
import { LeaseLost, isLost } from "./faults.ts";
import { type GraphqlLink, RequestRefused, requireAccepted } from "./graphql-link.ts";
import { addReport, raiseAlert } from "./operations.ts";
import { reportOf } from "./outcome.ts";

type Said<T extends JobMessage["type"]> = Extract<JobMessage, { type: T }>;

type Raised = Omit<Said<"alert">, "type" | "reports"> & { readonly evidence: readonly string[] };

export interface FindingsOptions {
  readonly link: GraphqlLink;
  readonly runId: string;
  readonly attempt: number;
  readonly token: string;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly onLost: (lost: LeaseLost) => void;
  /** What the job says can be recorded by no attempt. */
  readonly onRefused: (failure: PluginFailure) => void;
}

/** What a service finds out on its way, recorded in the order in which it says so, each once. */
export class Findings {
  readonly #options: FindingsOptions;
  /** Ids of the attempt's reports by their names. */
  readonly #reports = new Map<string, string>();
  #alerts = 0;
  /** The attempt ends for what it found: nothing more of it is recorded. */
  #isRefused = false;

  constructor(options: FindingsOptions) {
    this.#options = options;
  }

  /** Resolves when it is recorded; never rejects. */
  async report({ name, report }: Said<"report">): Promise<void> {
    const { link, runId: run, attempt, log } = this.#options;
    await this.#guarded(async () => {
      const input = { run, attempt, name, ...reportOf(report), about: report.about };
      const { addReport: answer } = await link.call(
        addReport,
        { input },
        this.#call(`report:${run}:${attempt}:${name}`),
      );
      // An attempt before this one has said so.
      if (answer.userErrors[0]?.code === "STATE_CONFLICT") log.info({ name }, "the run has this report already");
      else requireAccepted(answer);
      this.#reports.set(name, answer.report?.id ?? contentId("Report", run, name));
    });
  }

  /** Resolves when it is recorded; never rejects. */
  async alert({ about, cause, severity, message, reports }: Said<"alert">): Promise<void> {
    const { link } = this.#options;
    await this.#guarded(async () => {
      const evidence = reports.flatMap((name) => this.#reports.get(name) ?? []);
      const input = { about, cause, severity, message, evidence };
      const key = this.#alertKey(input);
      requireAccepted((await link.call(raiseAlert, { input }, this.#call(key))).raiseAlert);
    });
  }

  /** What rests on the same reports is the same alert, when a later attempt says it too. */
  #alertKey({ about, cause, severity, message, evidence }: Raised): string {
    const { runId, attempt } = this.#options;
    this.#alerts += 1;
    if (evidence.length === 0) return `alert:${runId}:${attempt}:${this.#alerts}`;
    return `alert:${runId}:${contentId("Alert", about, cause, severity, message, ...evidence)}`;
  }

  async #guarded(act: () => Promise<void>): Promise<void> {
    const { signal, onLost, onRefused, log } = this.#options;
    if (this.#isRefused) return;
    try {
      await act();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RequestRefused)) return log.error({ err: error }, "a finding could not be recorded");
      // What is not there is what the finding is about.
      if (isLost(error.code) && error.code !== "UNKNOWN_NODE") return onLost(new LeaseLost(error.message));
      this.#isRefused = true;
      onRefused(
        new PluginFailure("PROTOCOL_VIOLATION", `the server did not take what the service found: ${error.message}`),
      );
    }
  }

  #call(key: string) {
    const { token, signal } = this.#options;
    return { token, key, signal, giveUpAfterMs: null };
  }
}
