import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

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
  if (!process.features.typescript) {
    console.error(`Node ${process.versions.node} cannot run TypeScript; start this through npx in the checkout.`);
    process.exit(2);
  }
  const flags = ["--conditions=clew-src"];
  const child = spawnSync(process.execPath, [...flags, source, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exit(child.status ?? 1);
}
