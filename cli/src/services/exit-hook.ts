import { signal } from "./processes.ts";

/**
 * The services of this process, to be ended with it. This is state of the module because the exit of a process is one, too:
 * one hook for all services, put up with the first.
 */
const services = new Map<number, NodeJS.Signals>();
const ENDING: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
let hooked = false;

/** `watched`: the kernel ends the service when this process dies of a signal, so that no listener of ours is in anyone's way. */
export function endWithThisProcess(pid: number, stopSignal: NodeJS.Signals, watched: boolean): void {
  services.set(pid, stopSignal);
  if (hooked) return;
  hooked = true;
  process.on("exit", endAll);
  if (!watched) for (const name of ENDING) process.on(name, onSignal);
}

export function forget(pid: number): void {
  services.delete(pid);
}

/** An exit hook cannot wait: the services get their stop signal and finish by themselves. */
function endAll(): void {
  for (const [pid, stopSignal] of services) signal(pid, stopSignal);
}

/** Node dies of a signal without an exit event unless somebody listens. Where the application listens too, it decides. */
function onSignal(name: NodeJS.Signals): void {
  if (process.listenerCount(name) > 1) return;
  endAll();
  process.off(name, onSignal);
  process.kill(process.pid, name);
}
