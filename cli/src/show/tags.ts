import { clean } from "../terminal/text.ts";

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

function numberIn(version: object | undefined): string {
  const key = version && "key" in version ? String(version.key) : "";
  return key === "" ? "" : `=${key.slice(key.lastIndexOf("@") + 1)}`;
}
