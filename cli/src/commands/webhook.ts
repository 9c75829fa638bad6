import { AlertSeverity } from "@clew/schema";
import {
  CreateWebhookDocument,
  DeleteWebhookDocument,
  EnableWebhookDocument,
  WebhooksDocument,
} from "@clew/schema/graphql";
import { Command } from "commander";
import { parseInteger, parseList } from "../arguments.ts";
import { contextOf } from "../cli-context.ts";
import { accepted } from "../client.ts";
import { table } from "../terminal/columns.ts";
import { count, time } from "../terminal/format.ts";
import { type Io, printJson, printLines } from "../terminal/io.ts";
import { clean } from "../terminal/text.ts";
import { upperWords } from "./list-filters.ts";

interface Flags {
  readonly slack?: true;
  readonly types?: string[];
  readonly severity?: string;
  readonly about?: string;
  readonly after?: number;
}

/** Who outside is told of what the ledger records. */
export function webhookCommand(io: Io): Command {
  const command = new Command("webhook").description(
    "tell programs, Slack channels and people by mail of what happens",
  );
  command
    .command("new")
    .description("tell an endpoint, a Slack channel (--slack) or somebody by mail (mailto:…)")
    .argument("<namespace>", "whose entries; * is every one")
    .argument("<url>", "https://… or mailto:ops@example.com")
    .option("--slack", "the URL is an incoming webhook of Slack")
    .option("--types <types>", "only these entry types: alert.raised,run.finished", parseList)
    .option("--severity <severity>", `of alerts only those so severe at least: ${AlertSeverity.options.join(", ")}`)
    .option("--about <node>", "of alerts only those about this, or a version or revision of it")
    .option("--after <seq>", "begin behind this entry (default: with what comes from now on)", parseInteger(0))
    .action(async (namespace: string, url: string, flags: Flags, self: Command) => {
      const input = { namespace, url, ...inputOf(url, flags) };
      const { webhook, secret } = accepted(
        (await contextOf(io, self).client.request(CreateWebhookDocument, { input })).createWebhook,
      );
      io.out(`${webhook} is told from now on`);
      if (input.format === "JSON") io.out(`secret, shown this once: ${secret}`);
    });
  command
    .command("ls")
    .description("who is told, and how far that has come")
    .option("--json", "as JSON")
    .action(async ({ json }: { json?: true }, self: Command) => {
      const { client, paint } = contextOf(io, self);
      const { webhooks } = await client.request(WebhooksDocument, {});
      if (json) return printJson(io, webhooks);
      const rows = webhooks.map((one) => [
        one.id,
        one.namespace,
        one.format,
        clean(one.url),
        count(one.position),
        time(one.deliveredAt),
        one.disabledReason === null ? clean(one.lastError ?? "") : paint("red", clean(one.disabledReason)),
      ]);
      const titles = ["id", "namespace", "format", "to", "entry", "last taken", ""].map((title) => ({ title }));
      printLines(io, rows.length === 0 ? [paint("dim", "no webhooks")] : table(titles, rows, paint));
    });
  command
    .command("enable")
    .description("take up one that was given up, from where it stood")
    .argument("<id>")
    .action(async (webhook: string, _: object, self: Command) => {
      accepted((await contextOf(io, self).client.request(EnableWebhookDocument, { input: { webhook } })).enableWebhook);
      io.out(`${webhook} is told again`);
    });
  command
    .command("rm")
    .description("end one for ever; an address goes with it")
    .argument("<id>")
    .action(async (webhook: string, _: object, self: Command) => {
      accepted((await contextOf(io, self).client.request(DeleteWebhookDocument, { input: { webhook } })).deleteWebhook);
      io.out(`${webhook} is told nothing more`);
    });
  return command;
}

function inputOf(url: string, { slack, types, severity, about, after }: Flags) {
  const format = url.startsWith("mailto:") ? ("EMAIL" as const) : slack ? ("SLACK" as const) : ("JSON" as const);
  return {
    format,
    ...(types === undefined ? {} : { types }),
    ...(severity === undefined ? {} : { severity: upperWords("severity", [severity], AlertSeverity.options)[0]! }),
    ...(about === undefined ? {} : { about }),
    ...(after === undefined ? {} : { after }),
  };
}
