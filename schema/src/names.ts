import { z } from "zod";

const NAME_MAX = 255;
// Control characters (zero bytes among them) break terminals, logs and C strings; "@" parts name and version.
const NAME = /^(?!\s)[^\u0000-\u001f\u007f-\u009f\u2028\u2029@]+(?<!\s)$/u;

/** A namespace: 1 to 63 of `a-z 0-9 . _ -`, first a letter or digit. */
export const Namespace = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "must be 1 to 63 of a-z 0-9 . _ -, first a letter or digit");
export type Namespace = z.infer<typeof Namespace>;

/** An asset's name: 1 to 255 characters; slashes, colons and emoji are legal, "@" and control characters are not. */
export const Name = z
  .string()
  .min(1)
  .max(NAME_MAX)
  .regex(NAME, "must not hold @ or control characters, nor begin or end with a space")
  .refine((name) => name.isWellFormed(), "must be well-formed Unicode");
export type Name = z.infer<typeof Name>;

/** What may follow the "@" of a key besides a number: an alias, or `latest`. */
export const Alias = z
  .string()
  .regex(/^(?!\d+$)[a-z0-9][a-z0-9._-]{0,62}$/, "must be 1 to 63 of a-z 0-9 . _ -, and not a number");

/** A name that an alias may be given: not `latest`, which is the newest version, nor a version as `v3` (as in MLflow's registry). */
export const NewAlias = Alias.refine(
  (alias) => alias !== "latest" && !/^v\d+$/.test(alias),
  "must not be latest, nor a version as v3",
);

/** What a tag is called: 1 to 63 of `A-Z a-z 0-9 . _ : / -`, first a letter or digit. */
export const TagName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,62}$/, "must be 1 to 63 of A-Z a-z 0-9 . _ : / -, first a letter or digit");

export interface AssetKey {
  readonly namespace: Namespace;
  readonly name: Name;
}

/** `namespace/name@3` or `namespace/name@alias`; `version` is what follows the "@", if anything. */
export interface ParsedKey extends AssetKey {
  readonly version: number | string | null;
}

/** Splits a readable key. Only its form is checked here; answers null when it has none. */
export function parseKey(key: string): ParsedKey | null {
  const slash = key.indexOf("/");
  const at = key.lastIndexOf("@");
  const namespace = Namespace.safeParse(key.slice(0, Math.max(slash, 0)));
  const name = Name.safeParse(key.slice(slash + 1, at === -1 ? undefined : at));
  if (!namespace.success || !name.success) return null;
  const asset = { namespace: namespace.data, name: name.data };
  if (at === -1) return { ...asset, version: null };
  const version = key.slice(at + 1);
  if (/^[1-9]\d{0,8}$/.test(version)) return { ...asset, version: Number(version) };
  return Alias.safeParse(version).success ? { ...asset, version } : null;
}

export function formatKey(key: AssetKey, version?: number | string | null): string {
  return version == null ? `${key.namespace}/${key.name}` : `${key.namespace}/${key.name}@${version}`;
}

/** An asset's key as one string, `namespace/name`. */
export const AssetKeyText = z
  .string()
  .max(NAME_MAX + 64)
  .refine((key) => parseKey(key)?.version === null, "must be namespace/name");
