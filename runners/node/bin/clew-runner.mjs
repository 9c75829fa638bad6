#!/usr/bin/env node
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// From the TypeScript sources in a checkout, from dist where the package is installed.
const source = fileURLToPath(new URL("../src/main.ts", import.meta.url));
if (!existsSync(source)) {
  await import(new URL("../dist/main.js", import.meta.url).href);
} else if (!process.features.typescript) {
  console.error(`Node ${process.versions.node} cannot run TypeScript; start this through npx in the checkout.`);
  process.exit(2);
} else {
  const child = spawn(process.execPath, ["--conditions=clew-src", source], { stdio: "inherit" });
  // A terminal's Ctrl-C reaches the child by itself; a supervisor signals this process alone.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code) => process.exit(code ?? 1));
}
