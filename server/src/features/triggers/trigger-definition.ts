import { AlertSeverity, AssetKeyText, Namespace, NodeId, parseKey, PluginName } from "@clew/schema";
import { z } from "zod";
import { JsonObject } from "../../core/json-object.ts";
import { cronFault } from "./cron-times.ts";

/** Any text, where * stands for any part of it. */
const Glob = z.string().min(1).max(200);
const Key = z
  .string()
  .max(400)
  .refine(
    (key) => parseKey(key) !== null,
    "must be namespace/name, with @3, @latest or @alias where a version is meant",
  );
const VersionRef = z.union([Key, z.literal("$version")]);
const Role = z.string().min(1).max(64);

const Cron = z
  .strictObject({ expression: z.string().max(100), timezone: z.string().max(60).default("UTC") })
  .superRefine((cron, context) => {
    const message = cronFault(cron);
    if (message !== null) context.addIssue({ code: "custom", path: ["expression"], message });
  });

const On = z
  .strictObject({
    cron: Cron.optional(),
    version: z.strictObject({ of: z.union([AssetKeyText, NodeId]) }).optional(),
    alert: z
      .strictObject({
        about: z.union([Key, NodeId]).nullable().default(null),
        cause: Glob.default("*"),
        severity: AlertSeverity.default("WARNING"),
      })
      .optional(),
    git: z.strictObject({ branches: z.array(Glob).min(1).max(50).default(["*"]) }).optional(),
    hand: z.strictObject({}).optional(),
  })
  .refine((on) => Object.keys(on).length === 1, "say one of cron, version, alert, git, hand");

const Notify = z.strictObject({
  webhooks: z.array(z.string().startsWith("Webhook:").max(80)).min(1).max(20),
  message: z.string().min(1).max(1000),
  severity: z.enum(["INFO", "WARNING", "CRITICAL"]).default("INFO"),
});
const Ask = z.strictObject({
  message: z.string().min(1).max(1000).nullable().default(null),
  about: Key.nullable().default(null),
});

const Reaction = z
  .strictObject({
    pipeline: z
      .strictObject({ start: Key, inputs: z.record(Role, VersionRef).default({}), parameters: JsonObject.default({}) })
      .optional(),
    run: z
      .strictObject({
        namespace: Namespace,
        plugin: PluginName,
        name: z.string().min(1).max(255).nullable().default(null),
        inputs: z.record(Role, VersionRef).default({}),
        outputs: z.record(Role, AssetKeyText).default({}),
        parameters: JsonObject.default({}),
        endpoint: AssetKeyText.nullable().default(null),
        pool: z.string().max(40).default("default"),
      })
      .optional(),
    rollBack: z.strictObject({ endpoint: AssetKeyText }).optional(),
    notify: Notify.optional(),
    ask: Ask.optional(),
  })
  .refine((one) => Object.keys(one).length === 1, "say one of pipeline, run, rollBack, notify, ask");
export type Reaction = z.infer<typeof Reaction>;

const LastReaction = z
  .strictObject({ notify: Notify.optional(), ask: Ask.optional() })
  .refine((one) => Object.keys(one).length === 1, "say one of notify, ask");

export const TriggerDefinition = z
  .strictObject({
    on: On,
    do: z.array(Reaction).min(1).max(10),
    concurrency: z.enum(["ALLOW", "FORBID", "REPLACE", "QUEUE"]).default("FORBID"),
    limit: z
      .strictObject({
        firings: z.number().int().min(1).max(1000),
        whenExhausted: z.array(LastReaction).max(5).default([]),
      })
      .nullable()
      .optional(),
  })
  .superRefine(({ on, do: reactions, limit }, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    const last = limit?.whenExhausted ?? [];
    for (const [place, list] of Object.entries({ do: reactions, "limit.whenExhausted": last })) {
      for (const [index, one] of list.entries()) {
        const at = [...place.split("."), index];
        if (!on.version && JSON.stringify(one).includes('"$version"')) fault(at, "$version is there on version only");
        if (one.ask && one.ask.about === null && !on.version && !on.alert)
          fault([...at, "ask"], "say what it is about");
      }
    }
  })
  // An alert that comes again and again, whatever is done about it, must not spin.
  .transform((definition) => ({
    ...definition,
    limit: definition.limit === undefined ? defaultLimit(definition.on) : definition.limit,
  }));
export type TriggerDefinition = z.infer<typeof TriggerDefinition>;

function defaultLimit({ alert }: z.infer<typeof On>) {
  return alert ? { firings: 3, whenExhausted: [{ ask: { message: null, about: null } }] } : null;
}

/** Whether a text is what a pattern says, in which * stands for any part. */
export function isLike(text: string, glob: string): boolean {
  const parts = glob.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`, "su").test(text);
}

/** A value with what stands for `$version`, `$alert`, `$commit`, `$branch`, `$at` in it, where that is known. */
export function filled<Value>(value: Value, values: Readonly<Record<string, string>>): Value {
  if (typeof value === "string") return (Object.hasOwn(values, value) ? values[value] : value) as Value;
  if (Array.isArray(value)) return value.map((one) => filled(one, values)) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, values)])) as Value;
}
