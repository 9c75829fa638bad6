import { parseKey } from "@clew/schema";
import type { Principal } from "../../graphql/principal.ts";
import { attributeBegins, type NodeFilter, type NodeReader } from "../../ports/node-reader.ts";
import { CodeVersion } from "./code.node.ts";
import { DatasetVersion } from "./dataset-version.node.ts";
import { KEYED, findNodes } from "./find-by-key.ts";
import { ModelVersion } from "./model-version.node.ts";
import { Environment, HyperparameterSet } from "./settings.node.ts";

/** The newest of those whose digest, or commit, begins as the text does. */
const FOUND_MAX = 100;
const DIGEST = /^(?:sha256:)?([0-9a-f]{8,64})$/i;
const COMMIT = /^[0-9a-f]{7,64}$/i;
const DIGESTED = [DatasetVersion, ModelVersion, HyperparameterSet, Environment].map(({ name }) => name);

/** Ids of what a text names exactly, by key, or by how a digest or commit begins: each found by an index. */
export async function findForSearch(
  reader: NodeReader,
  principal: Principal,
  text: string,
  { namespaces }: Pick<NodeFilter, "namespaces">,
): Promise<readonly string[]> {
  const newest = (filter: Omit<NodeFilter, "namespaces">) =>
    reader.list({ ...filter, namespaces }, "NEWEST", null, FOUND_MAX);
  const digest = DIGEST.exec(text)?.[1]?.toLowerCase();
  const commit = COMMIT.test(text) ? text.toLowerCase() : undefined;
  const found = await Promise.all([
    parseKey(text) === null ? [] : findNodes(reader, principal, text, {}, KEYED),
    digest === undefined ? [] : newest({ types: DIGESTED, digestPrefix: `sha256:${digest}` }),
    commit === undefined
      ? []
      : newest({ types: [CodeVersion.name], attributes: [attributeBegins(CodeVersion, "commit", commit)] }),
  ]);
  return found.flat().map(({ id }) => id);
}
