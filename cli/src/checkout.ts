import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { CliError } from "./errors.ts";

/** The checkout of Clew that this file belongs to, seen from `src` and from `dist` alike; null where it is installed as a package. */
export function findCheckout(): string | null {
  const root = resolve(import.meta.dirname, "../..");
  return existsSync(join(root, "server", "src", "app", "main.ts")) ? root : null;
}

/** @throws {CliError} where the sources are not there. */
export function checkout(): string {
  const root = findCheckout();
  if (root !== null) return root;
  throw new CliError("this command starts the server from its sources, and they are not here", {
    advice: "run it in a checkout of Clew, or start the server by its container image",
  });
}
