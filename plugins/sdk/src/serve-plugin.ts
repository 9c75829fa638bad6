import { Writable } from "node:stream";
import { format } from "node:util";
import { type Failure, type Observed, failure } from "@clew/schema";
import type { Plugin } from "./define-plugin.ts";
import { type DeploymentMessage, HostReader, type ServiceListener } from "./host-reader.ts";
import type { JobLog, JobSummary } from "./job.ts";
import { JobChannel, logTo } from "./job-channel.ts";
import { createJob } from "./job-context.ts";
import { Newest } from "./newest.ts";
import { Observations } from "./observations.ts";
import { PluginFailure } from "./plugin-failure.ts";

/** The argument with which a plugin's entry prints its manifest instead of doing a job. */
export const MANIFEST_FLAG = "--manifest";

/** How long a job whose host has gone away may tidy up. */
const ORPHAN_GRACE_MS = 10_000;

/**
 * The plugin's side of the job protocol on this process's standard input and output: does one job and ends the process, with
 * status 0 after a result and 1 after a failure. `console` and everything else that JavaScript writes to standard output
 * become log lines, so that plugin code cannot break the protocol. Called with the argument `--manifest`, the process only
 * prints what plugin.json holds.
 */
export async function servePlugin(plugin: Plugin): Promise<void> {
  if (process.argv[2] === MANIFEST_FLAG) {
    process.stdout.write(`${JSON.stringify(plugin.manifest(), null, 2)}\n`);
    return;
  }
  const channel = new JobChannel(takeStandardOutput(), plugin.manifest());
  redirectConsole(logTo(channel));
  process.on("uncaughtException", (error) => {
    void exitInFailure(channel, error);
  });
  process.stdin.once("end", () => {
    setTimeout(() => process.exit(1), ORPHAN_GRACE_MS).unref();
  });
  const succeeded = await serve(plugin, process.stdin, channel);
  process.exit(succeeded ? 0 : 1);
}

/** servePlugin on any streams; resolves with whether the job ended in a result. Does not end the process. */
export async function serve(plugin: Plugin, input: AsyncIterable<Uint8Array>, channel: JobChannel): Promise<boolean> {
  const stop = new AbortController();
  try {
    const summary = await doJob(plugin, new HostReader(input), channel, stop);
    if (stop.signal.aborted && plugin.manifest().kind === "task") stop.signal.throwIfAborted();
    await channel.end({ type: "result", summary });
    return true;
  } catch (error) {
    await endInFailure(channel, stop.signal.aborted ? stop.signal.reason : error);
    return false;
  }
}

async function doJob(
  plugin: Plugin,
  host: HostReader,
  channel: JobChannel,
  stop: AbortController,
): Promise<JobSummary> {
  const start = await host.start();
  const wanted = new Newest<DeploymentMessage>(stop.signal);
  const manifest = plugin.manifest();
  const observations = new Observations({ channel, manifest, signal: stop.signal });
  const onDeployment = (message: DeploymentMessage) => wanted.put(message);
  const listener = { onDeployment, onObserved: (observed: Observed) => observations.put(observed) };
  void abortWhenCancelled(host, stop, listener);
  const parameters = await plugin.parseParameters(start.parameters);
  channel.hello(await plugin.environment(parameters));
  const job = createJob({ manifest, start, parameters, channel, wanted, observations, signal: stop.signal });
  return (await plugin.run(job)) ?? {};
}

async function abortWhenCancelled(host: HostReader, stop: AbortController, listener: ServiceListener): Promise<void> {
  try {
    const reason = await host.cancelled(listener);
    stop.abort(new PluginFailure("CANCELLED", reason ?? "the host went away"));
  } catch (error) {
    stop.abort(error);
  }
}

async function endInFailure(channel: JobChannel, error: unknown): Promise<void> {
  if (!(error instanceof PluginFailure)) {
    logTo(channel).error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  await channel.end({ type: "failure", failure: failureOf(error) });
}

async function exitInFailure(channel: JobChannel, error: unknown): Promise<void> {
  await endInFailure(channel, error);
  process.exit(1);
}

function failureOf(error: unknown): Failure {
  if (error instanceof PluginFailure) return error.toFailure();
  return failure("PLUGIN_ERROR", error instanceof Error ? error.message : String(error));
}

/** Gives the protocol standard output for itself; whatever else writes there goes to standard error. */
function takeStandardOutput(): Writable {
  const write = process.stdout.write.bind(process.stdout);
  // oxlint-disable-next-line typescript/unbound-method -- bound on the same line
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return new Writable({
    decodeStrings: true,
    write: (chunk: Uint8Array, _encoding, done) => {
      write(chunk, (error) => done(error ?? null));
    },
  });
}

function redirectConsole(log: JobLog): void {
  const to =
    (level: keyof JobLog) =>
    (...values: unknown[]) =>
      log[level](format(...values));
  Object.assign(console, {
    log: to("info"),
    info: to("info"),
    debug: to("debug"),
    warn: to("warn"),
    error: to("error"),
  });
}
