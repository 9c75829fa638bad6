import type { NamedVersionFragment } from "@clew/schema/graphql";
import { table } from "../terminal/columns.ts";
import { time } from "../terminal/format.ts";
import type { Paint } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";
import { agentName } from "./agent-name.ts";

interface Alias {
  readonly alias: string;
  /** Of an asset's aliases: the version that each names. */
  readonly version?: object;
}

type Tags = readonly { readonly key: string; readonly value: string }[];

/** "production=3, staging=4" of an asset, "production" of a version; empty where there are none. */
export function aliasWords(aliases: readonly Alias[]): string {
  return aliases.map(({ alias, version }) => alias + numberIn(version)).join(", ");
}

/** "team=red, stage=trial". */
export function tagWords(tags: Tags): string {
  return tags.map(({ key, value }) => `${key}=${clean(value)}`).join(", ");
}

/** What `facts` shows of both: a line each, where there are any. */
export function tagFacts(node: { readonly aliases: readonly Alias[]; readonly tags: Tags }) {
  return [
    ["aliases", aliasWords(node.aliases) || null],
    ["tags", tagWords(node.tags) || null],
  ] as const;
}

/** Who lets each alias name its version now, since when, and the entry that says so. */
export function aliasTable(aliases: readonly NamedVersionFragment[], paint: Paint): string[] {
  const rows = aliases.map(({ alias, version, validFrom, by, ledgerSeq }) => [
    alias,
    "key" in version ? clean(version.key) : version.id,
    time(validFrom),
    agentName(by) ?? "",
    `entry ${ledgerSeq}`,
  ]);
  return table(
    ["alias", "version", "since", "by", ""].map((title) => ({ title })),
    rows,
    paint,
  );
}

function numberIn(version: object | undefined): string {
  const key = version && "key" in version ? String(version.key) : "";
  return key === "" ? "" : `=${key.slice(key.lastIndexOf("@") + 1)}`;
}
