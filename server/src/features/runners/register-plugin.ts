import { contentId, digestOf, PluginManifest } from "@clew/schema";
import { z } from "zod";
import { defineFact, type FactContext } from "../../core/define-fact.ts";
import { place } from "../../core/define-node.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { Plugin } from "./runner.node.ts";

export const RegisterPlugin = z
  .strictObject({ manifest: z.json().describe("plugin.json.") })
  .meta({ id: "RegisterPlugin" });

export const pluginRegistered = defineFact({
  type: "plugin.registered",
  v: 1,
  payload: Plugin.schema,
  project: (plugin) => place(Plugin, plugin),
});

export const pluginId = (name: string, version: string) => contentId("Plugin", name, version);

/** Makes a plugin known. A version's manifest never changes: other parameters or outputs are another version. */
export function registerPlugin(manifest: PluginManifest) {
  const id = pluginId(manifest.name, manifest.version);
  const digest = digestOf(manifest);
  return {
    heads: [id],
    decide: (heads: Heads, { at }: FactContext): Decision<{ plugin: string }> => {
      const before = heads.get(Plugin, id);
      if (before?.digest === digest) return { facts: [], answer: { plugin: id } };
      if (before) {
        const message = `${manifest.name} ${manifest.version} is registered with another manifest; raise its version`;
        return refuse("VERSION_CONFLICT", ["manifest", "version"], message);
      }
      const fact = pluginRegistered.of({
        id,
        name: manifest.name,
        pluginVersion: manifest.version,
        manifest: manifest as never,
        digest,
        registeredAt: at,
      });
      return { facts: [fact], answer: { plugin: id } };
    },
  };
}
