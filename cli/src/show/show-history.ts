import { NodeHistoryDocument, type NodeHistoryQuery } from "@clew/schema/graphql";
import type { CliContext } from "../cli-context.ts";
import { CliError } from "../errors.ts";
import { pages } from "../pages.ts";
import { facts } from "../terminal/columns.ts";
import { count, time } from "../terminal/format.ts";
import type { Paint } from "../terminal/paint.ts";
import { clean, shorten } from "../terminal/text.ts";
import { agentName } from "./agent-name.ts";
import type { Shown } from "./show-asset.ts";

type Change = NonNullable<NodeHistoryQuery["nodeHistory"]>["nodes"][number];
type FieldChange = Change["fields"][number];

const VALUE_LENGTH = 72;

/** Who changed what of a node, newest first, at most so many changes. */
export async function showHistory({ client, paint }: CliContext, id: string, first: number): Promise<Shown> {
  const { items, hasMore } = await pages(first, async (page) => {
    const { nodeHistory } = await client.request(NodeHistoryDocument, { id, ...page });
    if (nodeHistory === null) throw new CliError(`there is no ${id}, or none that you may read`, { code: "NOT_FOUND" });
    return nodeHistory;
  });
  const more = hasMore ? [paint("dim", `there are more: --first ${items.length * 2}`)] : [];
  return { lines: [...items.flatMap((change) => changeLines(change, paint)), ...more], value: items };
}

function changeLines({ ledgerSeq, recordedAt, type, by, fields }: Change, paint: Paint): string[] {
  const who = agentName(by) ?? "somebody";
  const head = `${time(recordedAt)}  ${paint("bold", clean(type))}  by ${paint("cyan", who)}`;
  const changed = facts(
    fields.map((field) => [field.field, changeWords(field, paint)]),
    paint,
  );
  return [`${head}  ${paint("dim", `entry ${count(ledgerSeq)}`)}`, ...changed.map((line) => `    ${line}`)];
}

/** "PENDING → APPROVED"; of a field that was not there before its value alone. */
function changeWords({ before, after }: FieldChange, paint: Paint): string {
  const now = after === null ? paint("dim", "gone") : valueWords(after, paint);
  return before === null ? now : `${valueWords(before, paint)} ${paint("dim", "→")} ${now}`;
}

function valueWords({ value, isErased }: NonNullable<FieldChange["after"]>, paint: Paint): string {
  if (isErased) return paint("gray", "(erased)");
  if (value === null) return paint("dim", "none");
  return clean(shorten(typeof value === "string" ? value : JSON.stringify(value), VALUE_LENGTH));
}
