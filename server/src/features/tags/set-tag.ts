import { TagName } from "@clew/schema";
import { z } from "zod";
import { changeTag } from "./change-tag.ts";
import { Reference, ValidFrom } from "./set-alias.ts";
import { tagDeleted, tagSet, TagValue } from "./tag.facts.ts";

const node = Reference.describe(
  "An asset's, a version's, a run's or a report's id, or a key: namespace/name, namespace/name@3.",
);

export const SetTag = z
  .strictObject({ node, key: TagName, value: TagValue, validFrom: ValidFrom })
  .meta({ id: "SetTag" });
export const DeleteTag = z.strictObject({ node, key: TagName, validFrom: ValidFrom }).meta({ id: "DeleteTag" });

export function setTag({ key, value, validFrom }: z.infer<typeof SetTag>, id: string) {
  const fact = (from: number) => tagSet.of({ node: id, key, value, validFrom: from });
  return changeTag({ ...common(id, key), value, validFrom, fact });
}

export function deleteTag({ key, validFrom }: z.infer<typeof DeleteTag>, id: string) {
  const fact = (from: number) => tagDeleted.of({ node: id, key, validFrom: from });
  return changeTag({ ...common(id, key), value: null, validFrom, fact });
}

function common(id: string, key: string) {
  return {
    key: { nodeId: id, kind: "TAG" as const, key },
    answer: { node: id, key },
    missing: { code: "UNKNOWN_NODE", path: ["key"], message: `it has no tag ${key}` },
  };
}
