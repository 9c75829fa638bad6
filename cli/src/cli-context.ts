import type { Command } from "commander";
import { ClewClient } from "./client.ts";
import { type GlobalOptions, type Settings, readSettings } from "./settings.ts";
import type { Io } from "./terminal/io.ts";

/** What a command works with. */
export interface CliContext extends Io {
  readonly settings: Settings;
  readonly client: ClewClient;
}

/** From the options that stand before or behind the command's name. */
export function contextOf(io: Io, command: Command): CliContext {
  const settings = readSettings(command.optsWithGlobals<GlobalOptions>());
  return { ...io, settings, client: new ClewClient(settings) };
}
