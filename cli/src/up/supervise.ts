import type { StepLog } from "../terminal/steps.ts";
import { startStack, type Stack, type StackOptions } from "./stack.ts";
import { Stops } from "./stops.ts";

const INTERRUPTED_STATUS = 130;

export interface SuperviseOptions extends StackOptions {
  /** Stop again when the work is done. */
  readonly once: boolean;
  /** What to do once everything runs; answers whether it went well. */
  readonly work: (stack: Stack) => Promise<boolean>;
}

/**
 * Starts the local processes, does the work, and stays up until SIGINT or SIGTERM; then stops everything in reverse.
 * @returns the exit status: 0; 1 where the work failed and `once` was asked for. A signal before the work is done ends this process with 130.
 */
export async function supervise(options: SuperviseOptions, log: StepLog): Promise<number> {
  const stops = new Stops();
  const stopAll = () => stops.stopAll((line) => log.print(`! ${line}`));
  const asked = Promise.withResolvers<void>();
  let isUp = false;
  const onSignal = () => {
    log.print("stopping …");
    if (isUp) return asked.resolve();
    // What is starting just now ends with this process.
    void stopAll().then(() => process.exit(INTERRUPTED_STATUS));
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  try {
    const stack = await startStack(options, stops, log);
    const wentWell = await options.work(stack);
    isUp = true;
    if (options.once) return wentWell ? 0 : 1;
    await heldOpen(asked.promise);
    return 0;
  } finally {
    await stopAll();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  }
}

/** The processes' handles are unreferenced, so that waiting alone would let this process run dry. */
async function heldOpen(promise: Promise<void>): Promise<void> {
  const timer = setInterval(() => {}, 60_000);
  await promise;
  clearInterval(timer);
}
