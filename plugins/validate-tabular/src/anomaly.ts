import type { Anomaly } from "@clew/plugin-sdk";

/** @param column null: the dataset as a whole; @param count rows concerned, where that can be said */
export function anomaly(
  severity: Anomaly["severity"],
  type: string,
  column: string | null,
  message: string,
  count: number | null = null,
): Anomaly {
  return { type, column, severity, message: message.slice(0, 400), count };
}
