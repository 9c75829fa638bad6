import type { PluginManifest } from "@clew/schema";

/** The host's variable `CLEW_SECRET_<NAME>` holds the secret `<NAME>`. */
const PREFIX = "CLEW_SECRET_";

export type Secrets = Readonly<Record<string, string>>;

/** The secrets that an environment holds, by name; an empty variable holds none. */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const held: Record<string, string> = {};
  for (const [variable, value] of Object.entries(env)) {
    if (variable.startsWith(PREFIX) && variable !== PREFIX && value) held[variable.slice(PREFIX.length)] = value;
  }
  return held;
}

/** Those that the plugin's manifest names: its jobs are given no others. */
export function secretsFor({ secrets: names = [] }: PluginManifest, held: Secrets = {}): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (held[name] === undefined ? [] : [[name, held[name]]])));
}

/** Why a job of the plugin cannot be given what its manifest names; null where it can. */
export function secretsFault({ name, secrets: names = [] }: PluginManifest, held: Secrets = {}): string | null {
  const missing = names.filter((secret) => held[secret] === undefined);
  if (missing.length === 0) return null;
  const variables = missing.map((secret) => `${PREFIX}${secret}`).join(", ");
  return `the host lacks secrets that ${name} asks for: set ${variables}`;
}
