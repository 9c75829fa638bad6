import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { UsageError } from "../errors.ts";

/**
 * The folders of plugins that the local runner hosts, as its CLEW_PLUGIN_DIRS: absolute, since it works in a folder of its own.
 * @param named as in CLEW_PLUGIN_DIRS, relative to where the command was given; the checkout's plugins where it is undefined
 * @throws {UsageError} where one is not there
 */
export function pluginDirs(named: string | undefined, checkout: string): string {
  const dirs = (named ?? join(checkout, "plugins")).split(delimiter).filter((dir) => dir !== "");
  const absolute = dirs.map((dir) => resolve(dir));
  const missing = absolute.find((dir) => !existsSync(dir));
  if (missing !== undefined) throw new UsageError(`CLEW_PLUGIN_DIRS names ${missing}, which is not there`);
  return absolute.join(delimiter);
}
