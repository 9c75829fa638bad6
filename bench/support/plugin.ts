import type { PluginManifest } from "@clew/schema";

/** A task of one shell script, which takes the parameter `file`. */
export function shellPlugin(name: string): PluginManifest {
  return {
    name,
    version: "1.0.0",
    description: "For a bench.",
    hostApi: 1,
    runType: "VALIDATION",
    kind: "task",
    inputs: {},
    outputs: {},
    parameters: { type: "object", properties: { file: { type: "string" } } },
    resources: { memoryMiB: 64, timeoutSeconds: 60, gpu: false },
    runtime: { type: "command", command: ["sh", "run.sh"] },
  };
}
