import { count, type Paint, table } from "@clew/cli";
import { parseKey } from "@clew/schema";
import type { Champion, MonthLine } from "./accounts.ts";
import type { Alert, Decision, Happenings } from "./happenings.ts";
import type { Estimate } from "./quality.ts";

const right = { align: "right" as const };

/** What the year came to: figures, what happened, and the query that proves each line. */
export function yearLines(lines: readonly MonthLine[], paint: Paint): string[] {
  return [
    paint("bold", "What passengers had of it, beside a warning for every flight from six in the evening on"),
    ...figures(lines, paint),
    "",
    paint("bold", "What happened"),
    ...events(lines, paint),
    "",
    paint("bold", "What proves each line (asked just now, and found to hold it)"),
    ...lines.flatMap(({ month, proof }) => [`${month}  ${proof.command}`, paint("dim", `         ${proof.holds}`)]),
  ];
}

function figures(lines: readonly MonthLine[], paint: Paint): string[] {
  const columns = [
    { title: "month" },
    { title: "champion" },
    { title: "flights", ...right },
    { title: "late", ...right },
    { title: "minutes spared", ...right },
    { title: "before", ...right },
    { title: "false warnings", ...right },
    { title: "before", ...right },
    { title: "ROC AUC" },
    { title: "log loss" },
    { title: "alerts", ...right },
    { title: "decisions", ...right },
  ];
  const rows = lines.map(({ month, champions, own, before, rocAuc, logLoss, happened }) => [
    month,
    championText(champions),
    count(own.flights),
    `${Math.round((100 * own.late) / own.flights)} %`,
    count(own.sparedMinutes),
    count(before.sparedMinutes),
    count(own.falseWarnings),
    count(before.falseWarnings),
    estimate(rocAuc),
    estimate(logLoss),
    count(happened.alerts.length),
    count(happened.decisions.length),
  ]);
  return table(columns, rows, paint);
}

/** @2 72 %, @3 28 %: who answered how many of its flights. */
function championText(champions: readonly Champion[]): string {
  const all = champions.reduce((sum, { flights }) => sum + flights, 0);
  const share = (flights: number) => (flights === all ? "" : ` ${Math.round((100 * flights) / all)} %`);
  return champions.map(({ key, flights }) => `@${parseKey(key)!.version}${share(flights)}`).join(", ");
}

function estimate(of: Estimate | null): string {
  return of === null ? "" : `${of.value.toFixed(3)} [${of.low.toFixed(3)}, ${of.high.toFixed(3)}]`;
}

function events(lines: readonly MonthLine[], paint: Paint): string[] {
  const columns = [{ title: "month" }, { title: "what" }, { title: "of" }, { title: "who" }, { title: "why" }];
  return table(
    columns,
    lines.flatMap(({ month, happened }) => eventRows(month, happened)),
    paint,
  );
}

function eventRows(month: string, { alerts, recurred, decisions }: Happenings): string[][] {
  const anew = [...alerts.map((alert) => alertRow(alert, "alert")), ...decisions.map(decisionRow)].toSorted((a, b) =>
    a.at < b.at ? -1 : 1,
  );
  const again = recurred.map((alert) => alertRow(alert, "alert again"));
  return [...again, ...anew].map(({ cells }, index) => [index === 0 ? month : "", ...cells]);
}

function alertRow({ firstAt, name, about, message }: Alert, title: string) {
  const isAsked = name.startsWith("trigger:");
  const of = "key" in about ? about.key : about.id;
  const who = isAsked ? name.replace(":", " ") : "monitor";
  return { at: firstAt, cells: [isAsked ? "person asked" : `${title} ${name}`, of, who, short(message)] };
}

function decisionRow({ decidedAt, decisionType, about, policy, reason }: Decision) {
  const of = "key" in about ? about.key : about.id;
  return { at: decidedAt, cells: [WORDS[decisionType], of, policy ?? "a person", short(reason)] };
}

const WORDS: Readonly<Record<Decision["decisionType"], string>> = {
  APPROVAL: "approved",
  EXEMPTION: "accepted as it is",
  PROMOTION: "deployed",
  REJECTION: "rejected",
  RESUMPTION: "resumed",
  ROLLBACK: "rolled back",
  SUSPENSION: "suspended",
};

const WHY_MAX = 60;

/** Without ids, which say nothing to a reader and whose nodes the query of the line leads to. */
function short(message: string): string {
  const text = message.replace(/^drift from the reference: |\b[A-Z]\w+:[0-9a-f-]{32,36}:? ?/g, "");
  return text.length <= WHY_MAX ? text : `${text.slice(0, WHY_MAX - 1)}…`;
}
