import type { AlertSeverity } from "@clew/schema";
import type { NodeReader } from "../../ports/node-reader.ts";

/** Whether a severity is at least this one. */
export function isAsSevere(severity: AlertSeverity, least: AlertSeverity): boolean {
  return least === "WARNING" || severity === "CRITICAL";
}

/** Whether what an alert is about is this thing, or a version or revision of it. */
export async function isAbout(reader: NodeReader, about: string, thing: string): Promise<boolean> {
  return about === thing || (await reader.byIds([about]))[0]?.parent === thing;
}
