import { Sha256 } from "@clew/schema";
import { z } from "zod";
import { defineNode } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";

/** Where a runner may work: which plugins, in which namespaces and pools. "*" is any. */
export const RunnerScope = z.array(z.string().min(1).max(63)).min(1).max(100);

export const Runner = defineNode("Runner", {
  description: "A process that hosts plugins, takes jobs over NATS and reports back.",
  fields: {
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be 1 to 63 of a-z 0-9 -"),
    plugins: RunnerScope.describe("Names of the plugins that it may run; * is any."),
    namespaces: RunnerScope.describe("Where it may run them; * is everywhere."),
    pools: RunnerScope.describe("From which pools it takes jobs; * is any."),
    enrolledAt: Time,
  },
  edges: {},
});

export const Plugin = defineNode("Plugin", {
  description: "Code that knows how to do one type of work, as its manifest declares it.",
  fields: {
    name: z.string().min(1).max(63),
    pluginVersion: z.string().min(1).max(50),
    manifest: z.record(z.string(), z.json()).describe("plugin.json."),
    digest: Sha256.describe("SHA-256 of the manifest's canonical JSON."),
    registeredAt: Time,
  },
  edges: {},
});
