import { Name, Namespace, Sha256 } from "@clew/schema";
import { z } from "zod";
import { defineNode, one } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";
import { attributedTo } from "../access/index.ts";

export const CodeRepository = defineNode("CodeRepository", {
  description: "A source repository.",
  kind: "asset",
  fields: { namespace: Namespace, name: Name, url: z.string().max(2000).nullable(), createdAt: Time },
  edges: {},
});

export const CodeVersion = defineNode("CodeVersion", {
  description: "A commit, and the digest of what was changed and not yet committed.",
  kind: "version",
  fields: {
    namespace: Namespace,
    name: Name,
    commit: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "must be a full Git object name, 40 or 64 hex digits"),
    dirtyDigest: Sha256.nullable().describe("Null for a clean work tree."),
    createdAt: Time,
  },
  edges: { repository: one("VERSION_OF", "CodeRepository"), attributedTo },
  parent: "repository",
  indexed: ["commit", "attributedTo"],
});
