import { digestOf } from "@clew/schema";
import type { Logger } from "pino";
import { type GraphqlLink, RequestRefused } from "./graphql-link.ts";
import { type HostedPlugin, pluginKey } from "./hosted-plugins.ts";
import { registerPlugin } from "./operations.ts";

/** Makes the plugins known to the server, for as long as that takes. Answers those that it took; the others are logged. */
export async function registerPlugins(
  plugins: readonly HostedPlugin[],
  link: GraphqlLink,
  token: string,
  log: Logger,
  signal: AbortSignal,
): Promise<HostedPlugin[]> {
  const taken: HostedPlugin[] = [];
  for (const plugin of plugins) {
    const fault = await registrationFault(plugin, link, token, signal);
    if (fault === null) taken.push(plugin);
    else log.error({ plugin: pluginKey(plugin.manifest), ...fault }, "the server refuses a plugin; it is not hosted");
  }
  return taken;
}

async function registrationFault(
  { manifest }: HostedPlugin,
  link: GraphqlLink,
  token: string,
  signal: AbortSignal,
): Promise<object | null> {
  const key = `register:${pluginKey(manifest)}:${digestOf(manifest)}`;
  try {
    const options = { token, key, signal, giveUpAfterMs: null };
    const answer = await link.call(registerPlugin, { input: { manifest } }, options);
    const { userErrors } = answer.registerPlugin;
    return userErrors.length === 0 ? null : { userErrors };
  } catch (error) {
    if (error instanceof RequestRefused) return { code: error.code, reason: error.message };
    throw error;
  }
}
