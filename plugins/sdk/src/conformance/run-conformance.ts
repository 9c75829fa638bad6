import { resolve } from "node:path";
import { loadManifest } from "../host/load-manifest.ts";
import { CHECKS, type Check, type Finding } from "./checks.ts";
import { loadFixture } from "./fixture.ts";
import { Workshop } from "./workshop.ts";

export interface CheckResult extends Finding {
  id: string;
  title: string;
  durationMs: number;
}

export interface ConformanceReport {
  dir: string;
  /** Name and version, where the manifest could be read. */
  plugin: string | null;
  passed: boolean;
  checks: CheckResult[];
}

const DEFAULT_GRACE_MS = 10_000;

/**
 * Checks a plugin folder: its manifest, then jobs from its `conformance/job.json`. Nothing passes that was not tried; what does
 * not apply is a skip with the reason.
 * @param graceMs how long a cancelled job may take; a runner gives it 10,000.
 */
export async function runConformance(dir: string, graceMs = DEFAULT_GRACE_MS): Promise<ConformanceReport> {
  const pluginDir = resolve(dir);
  const checks: CheckResult[] = [];
  const shop = await openShop(pluginDir, graceMs, checks);
  if (shop === null) return { dir, plugin: null, passed: false, checks };
  try {
    for (const check of CHECKS) checks.push(await timed(check, () => check.run(shop)));
  } finally {
    await shop.close();
  }
  const { name, version } = shop.manifest;
  return { dir, plugin: `${name} ${version}`, passed: checks.every(({ status }) => status !== "fail"), checks };
}

async function openShop(pluginDir: string, graceMs: number, checks: CheckResult[]): Promise<Workshop | null> {
  let shop: Workshop | null = null;
  const open = async (): Promise<Finding> => {
    const manifest = await loadManifest(pluginDir);
    shop = await Workshop.open(pluginDir, manifest, await loadFixture(pluginDir), graceMs);
    return { status: "pass", detail: `${manifest.name} ${manifest.version}` };
  };
  checks.push(await timed({ id: "manifest", title: "plugin.json and conformance/job.json can be read" }, open));
  return shop;
}

/** A check that throws has failed. */
async function timed(check: Pick<Check, "id" | "title">, run: () => Promise<Finding>): Promise<CheckResult> {
  const startedAt = performance.now();
  let finding: Finding;
  try {
    finding = await run();
  } catch (error) {
    finding = { status: "fail", detail: error instanceof Error ? error.message : String(error) };
  }
  return { id: check.id, title: check.title, ...finding, durationMs: Math.round(performance.now() - startedAt) };
}
