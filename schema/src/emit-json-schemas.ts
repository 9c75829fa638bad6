import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { HostMessage, JobMessage } from "./job-protocol.ts";
import { PluginManifest } from "./manifest.ts";
import { PipelineDefinition } from "./pipeline.ts";
import {
  Heartbeat,
  JobInvitation,
  LedgerAnnouncement,
  MutationReply,
  MutationRequest,
  PredictionBatch,
  RunControl,
  RunEvent,
  RunEventBatch,
} from "./wire.ts";

/** What crosses a process border, by the name of its JSON Schema file. The number is the version: other shapes get another. */
export const WIRE_SCHEMAS = {
  "job-invitation.1": JobInvitation,
  "run-control.1": RunControl,
  "run-event.1": RunEvent,
  "run-event-batch.1": RunEventBatch,
  "prediction-batch.1": PredictionBatch,
  "mutation-request.1": MutationRequest,
  "mutation-reply.1": MutationReply,
  "heartbeat.1": Heartbeat,
  "ledger-announcement.1": LedgerAnnouncement,
  "plugin-manifest.1": PluginManifest,
  "pipeline-definition.1": PipelineDefinition,
  "job-host-message.1": HostMessage,
  "job-message.1": JobMessage,
} as const;

/** JSON Schema 2020-12 of what a sender writes: what has a default may be left out. */
export function wireJsonSchema(name: keyof typeof WIRE_SCHEMAS): object {
  const schema = z.toJSONSchema(WIRE_SCHEMAS[name], { io: "input", unrepresentable: "any" });
  return { ...schema, $id: `urn:clew:schema:${name}` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = fileURLToPath(new URL("../json/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  for (const name of Object.keys(WIRE_SCHEMAS) as (keyof typeof WIRE_SCHEMAS)[]) {
    writeFileSync(`${folder}${name}.schema.json`, `${JSON.stringify(wireJsonSchema(name), null, 2)}\n`);
  }
}
