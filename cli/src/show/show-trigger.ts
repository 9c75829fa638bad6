import { TriggerByIdDocument } from "@clew/schema/graphql";
import { stringify } from "yaml";
import type { CliContext } from "../cli-context.ts";
import { CliError } from "../errors.ts";
import { facts, table } from "../terminal/columns.ts";
import { time } from "../terminal/format.ts";
import { clean } from "../terminal/text.ts";
import { agentName } from "./agent-name.ts";
import { section } from "./section.ts";
import { paintedWord } from "./serving-words.ts";
import type { Shown } from "./show-asset.ts";

/** How many firings a trigger is shown with. */
const SHOWN = 20;

/** What a trigger does when, and what it has done. */
export async function showTrigger({ client, paint }: CliContext, id: string): Promise<Shown> {
  const { node } = await client.request(TriggerByIdDocument, { id, first: SHOWN });
  if (node?.__typename !== "Trigger")
    throw new CliError(`there is no ${id}, or none that you may read`, { code: "NOT_FOUND" });
  const head = facts(
    [
      ["trigger", clean(node.key)],
      ["id", node.id],
      ["state", paintedWord(node.state, paint)],
      ["on behalf of", agentName(node.author)],
      ["created", time(node.createdAt)],
    ],
    paint,
  );
  const rows = node.firings.nodes.map((firing) => [
    time(firing.firedAt),
    paintedWord(firing.state, paint),
    clean(firing.message),
    clean(firing.reactions.map(({ reaction, led, error }) => `${reaction} ${error ?? led ?? "done"}`).join("; ")),
  ]);
  const titles = ["at", "state", "because", "led to"].map((title) => ({ title }));
  const definition = stringify(node.definition).trimEnd().split("\n").map(clean);
  return {
    lines: [
      ...head,
      ...section("Definition", definition),
      ...section("Firings", rows.length === 0 ? [] : table(titles, rows, paint)),
    ],
    value: node,
  };
}

/** When and what, in a word each. */
export function triggerWords(definition: unknown): { readonly on: string; readonly reactions: string } {
  const { on = {}, do: reactions = [] } = definition as { on?: object; do?: readonly object[] };
  const about = Object.values(on)[0] as Readonly<Record<string, unknown>> | undefined;
  const detail = about?.["of"] ?? about?.["about"] ?? about?.["expression"];
  const words = [Object.keys(on)[0] ?? "", ...(typeof detail === "string" ? [detail] : [])];
  return { on: clean(words.join(" ")), reactions: clean(reactions.flatMap(Object.keys).join(", ")) };
}
