import { nodeOf } from "../../core/define-node.ts";
import type { FollowerLog } from "../../ledger/follower.ts";
import type { Recorder } from "../../ledger/recorder.ts";
import { attributeIs, eachNode, type NodeReader } from "../../ports/node-reader.ts";
import { lastDue } from "./cron-times.ts";
import { fireCommand, type Occasion, type TriggerNode } from "./fire-trigger.ts";
import { Trigger } from "./trigger.node.ts";
import { TriggerDefinition } from "./trigger-definition.ts";

const LOOK_MS = 1_000;
const PAGE = 500;

export interface CronClockParts {
  readonly recorder: Pick<Recorder, "record">;
  readonly reader: NodeReader;
  readonly log: FollowerLog;
}

/**
 * Fires triggers when their time has come. It remembers nothing: where each schedule stands is in the ledger. Several servers may look at
 * once: a time that is due is one occasion, and fires once.
 */
export class CronClock {
  readonly #parts: CronClockParts;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: CronClockParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look());
    }, LOOK_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    try {
      const attributes = [attributeIs(Trigger, "definition.on", ["cron"])];
      const filter = { types: [Trigger.name], namespaces: null, states: ["ENABLED"], attributes };
      for await (const state of eachNode(this.#parts.reader, filter, "OLDEST", PAGE)) {
        const trigger = nodeOf(Trigger, state);
        const occasion = dueOccasion(trigger, Date.now());
        if (occasion !== null) await this.#parts.recorder.record(fireCommand(trigger.id, occasion));
      }
    } catch (error) {
      this.#parts.log.warn({ err: error }, "the clock of triggers failed; it looks again");
    }
  }
}

/** What a schedule is due for; of times that passed while no server ran only the last. */
export function dueOccasion({ definition, cronAt, enabledAt }: TriggerNode, now: number): Occasion | null {
  const { cron } = TriggerDefinition.parse(definition).on;
  const due = cron ? lastDue(cron, Math.max(cronAt ?? 0, enabledAt), now) : null;
  if (!cron || due === null) return null;
  const at = new Date(due.at).toISOString();
  const missed = due.missed === 0 ? "" : `, for ${due.missed} earlier times as well that were missed`;
  return {
    text: `cron ${at}`,
    cause: "cron",
    message: `it was ${at}, as ${cron.expression} in ${cron.timezone} says${missed}`,
    about: null,
    alert: null,
    causedBy: [],
    values: { $at: at },
    cronAt: due.at,
  };
}
