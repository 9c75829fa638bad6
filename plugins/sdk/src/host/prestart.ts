import type { PluginManifest } from "@clew/schema";
import type { JobGuard } from "./job-guard.ts";
import { type BareSpec, bareLaunchOf } from "./launch.ts";
import { ProcessGroup } from "./process-group.ts";

/** Whether the plugin takes its job from the protocol's lines alone, so that its process may be there before. */
export function mayPrestart({ runtime }: PluginManifest): boolean {
  return runtime.type === "node" && runtime.prestart === true;
}

/** Starts a plugin's process for a job that is still to come: it loads its modules, and waits for hello. `discard` ends it. */
export function prestart(spec: BareSpec, guard: JobGuard): ProcessGroup {
  return new ProcessGroup(bareLaunchOf(spec), guard);
}
