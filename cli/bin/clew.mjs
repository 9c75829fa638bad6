#!/usr/bin/env node
// Starts the command line: from its sources in a checkout, from dist where it was built. Runs on Node 20 itself and looks for a newer one,
// as the command line needs Node's own TypeScript support.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const isNewEnough = (major, minor) => major > 22 || (major === 22 && minor >= 18);

function chooseNode() {
  if (isNewEnough(...process.versions.node.split(".").map(Number))) return process.execPath;
  const candidates = ["../node_modules/.bin/node", "../../node_modules/.bin/node", "../../../.bin/node"].map(here);
  const found = candidates.find(existsSync);
  if (found) return found;
  throw new Error(
    `clew needs Node 22.18 or newer, not ${process.versions.node}; \`npm ci\` in the checkout installs one`,
  );
}

// A checkout's dist may be older than its sources.
const source = here("../src/main.ts");
const args = existsSync(source) ? ["--conditions=clew-src", source] : [here("../dist/main.js")];
const child = spawn(chooseNode(), [...args, ...process.argv.slice(2)], { stdio: "inherit" });

// Ctrl-C in a terminal reaches the child by itself; any other signal is passed on, and the child decides when to end.
const pass = (signal) => () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, pass(signal));
child.on("error", (error) => {
  console.error(`clew: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code) => process.exit(code ?? 1));
