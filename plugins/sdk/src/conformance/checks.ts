import { type JobMessage, canonicalJson } from "@clew/schema";
import { declaredManifest } from "../host/declared-manifest.ts";
import { JobGuard } from "../host/job-guard.ts";
import type { JobSpec } from "../host/job-spec.ts";
import { mayPrestart, prestart } from "../host/prestart.ts";
import { PluginFailure } from "../plugin-failure.ts";
import { changedPaths, snapshot } from "./snapshot.ts";
import type { Trial, Workshop } from "./workshop.ts";

/** How long the kit waits for a service; longer than the longest `serviceSeconds`. */
const SERVICE_START_MS = 120_000;

/** pass, fail, or skip where the check does not apply; `detail` says why. */
export interface Finding {
  status: "pass" | "fail" | "skip";
  detail: string;
}

export interface Check {
  id: string;
  title: string;
  run: (shop: Workshop) => Promise<Finding>;
}

/** In the order in which they are run and printed; each stands alone. */
export const CHECKS: readonly Check[] = [
  { id: "declared", title: "plugin.json says what the code declares", run: checkDeclared },
  { id: "good-job", title: "a good job comes to a result with its declared outputs", run: checkGoodJob },
  { id: "deterministic", title: "the same seed makes the same outputs", run: checkDeterministic },
  { id: "watches", title: "it takes what is observed of its endpoint, and sees no more", run: checkWatches },
  { id: "prestart", title: "a process that was there before its job does the same", run: checkPrestart },
  { id: "bad-parameters", title: "bad parameters are refused", run: checkBadParameters },
  { id: "stays-inside", title: "it writes only into its output folder", run: checkStaysInside },
  { id: "cancel", title: "a cancelled job ends in time", run: checkCancel },
  { id: "killed", title: "a killed process leaves a failure", run: checkKilled },
];

async function checkDeclared({ pluginDir, manifest }: Workshop): Promise<Finding> {
  const declared = await declaredManifest(pluginDir);
  if (declared === null) return skip("the manifest of a command plugin is written by hand");
  const differing = Object.keys({ ...declared, ...manifest }).filter(
    (key) => canonicalJson(pick(declared, key)) !== canonicalJson(pick(manifest, key)),
  );
  if (differing.length === 0) return pass();
  return fail(`they differ in ${differing.join(", ")}; npx clew-plugin-manifest --write ${pluginDir} writes it`);
}

async function checkGoodJob(shop: Workshop): Promise<Finding> {
  const { outcome } = await goodJob(shop);
  if (outcome.outcome === "failure") return fail(describe(outcome.failure));
  return pass(outcome.outputs.map(({ role, files }) => `${role} (${files.length} files)`).join(", "));
}

async function checkDeterministic(shop: Workshop): Promise<Finding> {
  if (shop.manifest.kind === "service") return skip("a service has no end to compare");
  if (!shop.fixture.deterministic) return skip("the fixture does not claim it");
  const [first, second] = [await goodJob(shop), await goodJob(shop)];
  const differing = Object.keys(shop.manifest.outputs).filter((role) => stateOf(first, role) !== stateOf(second, role));
  if ([first, second].some(({ outcome }) => outcome.outcome === "failure")) return fail("the good job fails");
  return differing.length === 0 ? pass() : fail(`two jobs differ in output ${differing.join(", ")}`);
}

async function checkWatches(shop: Workshop): Promise<Finding> {
  if (shop.manifest.watches !== true) return skip("plugin.json does not say that it watches");
  const total = shop.fixture.observations.length;
  if (total === 0) return fail("conformance/job.json has no observations to give it");
  const { watch } = await goodJob(shop);
  const { given, seen } = watch ?? { given: 0, seen: 0 };
  if (given < total) return fail(`it asked for ${given} of ${total} observations`);
  return seen > given ? fail(`it has seen ${seen}, and was given ${given}`) : pass(`${given} taken, ${seen} seen`);
}

async function checkPrestart(shop: Workshop): Promise<Finding> {
  if (!mayPrestart(shop.manifest)) return skip("plugin.json does not allow it");
  const guard = new JobGuard();
  try {
    const { pluginDir, manifest, fixture } = shop;
    const takeProcess = async () => prestart({ pluginDir, manifest, secrets: fixture.secrets }, guard);
    const { outcome } = await shop.try({ takeProcess, ...stopService(shop) });
    return outcome.outcome === "failure" ? fail(describe(outcome.failure)) : pass();
  } finally {
    guard.close();
  }
}

async function checkBadParameters(shop: Workshop): Promise<Finding> {
  const { parameters, badParameters } = shop.fixture;
  const unknown = { ...parameters, "no-such-parameter": true };
  for (const bad of [unknown, ...badParameters.map((values) => ({ ...parameters, ...values }))]) {
    const { outcome } = await shop.try({ parameters: bad, ...stopService(shop) });
    if (outcome.outcome === "failure" && outcome.failure.type === "BAD_PARAMETERS") continue;
    const got = outcome.outcome === "result" ? "a result" : describe(outcome.failure);
    return fail(`${JSON.stringify(bad)} got ${got} instead of BAD_PARAMETERS`);
  }
  return pass(`${badParameters.length + 1} refused`);
}

async function checkStaysInside(shop: Workshop): Promise<Finding> {
  const before = await snapshot(shop.pluginDir, ["node_modules"]);
  const trial = await goodJob(shop);
  const inPlugin = changedPaths(before, await snapshot(shop.pluginDir, ["node_modules"]));
  if (inPlugin.length > 0) return fail(`it changed its own folder: ${inPlugin.slice(0, 5).join(", ")}`);
  const around = changedPaths(await withoutTimes(await shop.layOut()), await withoutTimes(trial.dir));
  return around.length === 0 ? pass() : fail(`it wrote beside its output folder: ${around.slice(0, 5).join(", ")}`);
}

/** What lies around an output folder; jobs are laid out at different times. */
async function withoutTimes(dir: string): Promise<Map<string, string>> {
  const seen = await snapshot(dir, ["output"]);
  return new Map([...seen].map(([path, state]) => [path, state.split(" ").slice(0, 2).join(" ")]));
}

async function checkCancel(shop: Workshop): Promise<Finding> {
  const cancel = new AbortController();
  let cancelledAt = 0;
  const { outcome } = await shop.try({
    parameters: { ...shop.fixture.parameters, ...shop.fixture.longParameters },
    signal: cancel.signal,
    onMessage: ({ type }) => {
      if (type !== "hello") return;
      cancelledAt = performance.now();
      cancel.abort(new PluginFailure("CANCELLED", "cancelled by the conformance kit"));
    },
  });
  if (cancelledAt === 0) return fail("it never said hello");
  const seconds = (performance.now() - cancelledAt) / 1000;
  if (seconds * 1000 >= shop.graceMs) return fail(`it had to be killed after ${seconds.toFixed(1)} s`);
  const how = outcome.outcome === "result" ? "with a result" : `as ${outcome.failure.type}`;
  return pass(`after ${seconds.toFixed(1)} s, ${how}`);
}

/** Kills a job half-way; one that is done too soon for that is killed as it starts. */
async function checkKilled(shop: Workshop): Promise<Finding> {
  for (const moment of ["half-way", "at its start"] as const) {
    const { outcome } = await killedJob(shop, moment);
    if (outcome.outcome === "failure") return pass(`${outcome.failure.type}, killed ${moment}`);
  }
  return skip("it ends sooner than it can be killed; longParameters make it take a while");
}

async function killedJob(shop: Workshop, moment: "half-way" | "at its start"): Promise<Trial> {
  let pid = 0;
  return await shop.try({
    parameters: { ...shop.fixture.parameters, ...shop.fixture.longParameters },
    onStart: (started) => {
      pid = started;
      if (moment === "at its start") killGroup(pid);
    },
    onMessage: ({ type }) => {
      if (type === "hello" && moment === "half-way") killGroup(pid);
    },
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The fixture's job; a service is told to stop after a while. */
async function goodJob(shop: Workshop): Promise<Trial> {
  return await shop.try(stopService(shop));
}

/** The service has its seconds from its hello on; one that never says hello is stopped all the same. */
function stopService({ manifest, fixture }: Workshop): Partial<Pick<JobSpec, "signal" | "onMessage">> {
  if (manifest.kind === "task") return {};
  const stop = new AbortController();
  const onMessage = ({ type }: JobMessage): void => {
    if (type === "hello") setTimeout(() => stop.abort(new Error("stopped by the kit")), fixture.serviceSeconds * 1000);
  };
  return { signal: AbortSignal.any([stop.signal, AbortSignal.timeout(SERVICE_START_MS)]), onMessage };
}

function stateOf({ outcome }: Trial, role: string): string {
  const output = outcome.outputs.find((one) => one.role === role);
  return output === undefined ? "" : canonicalJson(output);
}

function pick(value: object, key: string): unknown {
  return (value as Record<string, unknown>)[key] ?? null;
}

function describe(failure: { type: string; message: string; details?: Record<string, unknown> | undefined }): string {
  const stderr = failure.details?.["stderr"];
  const tail = Array.isArray(stderr) && stderr.length > 0 ? `; standard error ends: ${String(stderr.at(-1))}` : "";
  return `${failure.type}: ${failure.message}${tail}`;
}

const pass = (detail = ""): Finding => ({ status: "pass", detail });
const fail = (detail: string): Finding => ({ status: "fail", detail });
const skip = (detail: string): Finding => ({ status: "skip", detail });
