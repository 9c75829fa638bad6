import { Alias, NewAlias } from "@clew/schema";
import { z } from "zod";
import type { NodeState } from "../../core/graph-change.ts";
import { Time } from "../../core/time.ts";
import { refuse } from "../../ledger/command.ts";
import { changeTag } from "./change-tag.ts";
import { aliasDeleted, aliasSet } from "./tag.facts.ts";

export const Reference = z.string().min(1).max(400);

export const ValidFrom = Time.nullable()
  .default(null)
  .describe("Since when it is true; now when left out. What is said of later times is replaced.");

const VersionNumber = z.number().int().max(2_000_000_000);
const asset = Reference.describe("The dataset's or model's id or key, namespace/name.");
const expectedVersion = VersionNumber.min(0)
  .nullable()
  .default(null)
  .describe(
    "Refuse unless the alias stands at this version; 0: unless there is no such alias. Unchecked when left out.",
  );

export const SetAlias = z
  .strictObject({
    asset,
    alias: NewAlias,
    version: VersionNumber.min(1).describe("The number of the version that it is to name."),
    validFrom: ValidFrom,
    expectedVersion,
  })
  .meta({ id: "SetAlias" });

export const DeleteAlias = z
  .strictObject({ asset, alias: Alias, validFrom: ValidFrom, expectedVersion })
  .meta({ id: "DeleteAlias" });

/** What a change of an alias is about, looked up. */
export interface AliasLookups {
  readonly asset: NodeState;
  /** The id of the version that it must stand at: null for at none, undefined for unchecked. */
  readonly expected: string | null | undefined;
}

/** Lets an alias name a version, compare-and-set where the input says what it expects. */
export function setAlias({ alias, validFrom }: z.infer<typeof SetAlias>, found: AliasLookups & { version: string }) {
  const { id } = found.asset;
  return changeTag({
    ...common(alias, found),
    validFrom,
    value: found.version,
    answer: { asset: id, version: found.version, alias },
    fact: (from) => aliasSet.of({ asset: id, alias, version: found.version, validFrom: from }),
  });
}

export function deleteAlias({ alias, validFrom }: z.infer<typeof DeleteAlias>, found: AliasLookups) {
  const { id } = found.asset;
  return changeTag({
    ...common(alias, found),
    validFrom,
    value: null,
    answer: { asset: id, alias },
    fact: (from) => aliasDeleted.of({ asset: id, alias, validFrom: from }),
  });
}

function common(alias: string, { asset: { id }, expected }: AliasLookups) {
  const missing = { code: "UNKNOWN_NODE", path: ["alias"], message: `there is no alias ${alias}` };
  return {
    key: { nodeId: id, kind: "ALIAS" as const, key: alias },
    missing,
    check: (current: { readonly value: string } | undefined) => {
      if (expected === undefined || expected === (current?.value ?? null)) return null;
      const now = current ? `names ${current.value}` : "names nothing";
      return refuse("ALIAS_CONFLICT", ["expectedVersion"], `${alias} ${now} by now; look again before you move it`);
    },
  };
}
