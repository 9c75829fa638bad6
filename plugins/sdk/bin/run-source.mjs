import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The checkout's: a plugin outside of it is started with whatever Node is there. */
const OWN_NODE = fileURLToPath(new URL("../../../node_modules/.bin/node", import.meta.url));

/**
 * Runs one of the package's programs with this process's arguments: from its TypeScript sources in a checkout, from dist
 * where the package is installed.
 * @param {string} program path under src, without extension
 */
export async function runSource(program) {
  const source = fileURLToPath(new URL(`../src/${program}.ts`, import.meta.url));
  if (!existsSync(source)) {
    await import(new URL(`../dist/${program}.js`, import.meta.url).href);
    return;
  }
  const node = [process.features.typescript ? process.execPath : OWN_NODE].find(existsSync);
  if (node === undefined) {
    console.error(
      `Node ${process.versions.node} cannot run TypeScript; \`npm ci\` in the checkout installs one that can.`,
    );
    process.exit(2);
  }
  const flags = ["--conditions=clew-src"];
  const child = spawnSync(node, [...flags, source, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exit(child.status ?? 1);
}
