import { z } from "zod";
import type { NodeState } from "../../../core/graph-change.ts";
import { clientError } from "../../../graphql/errors.ts";
import { ANY_NODE, type MutationDefinition, mutation } from "../../../graphql/mutation-resolver.ts";
import { can, canSomewhere, type Principal } from "../../../graphql/principal.ts";
import { refuse, type UserError } from "../../../ledger/command.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { findOne, versionOf } from "../../catalog/index.ts";
import { type AliasLookups, DeleteAlias, deleteAlias, SetAlias, setAlias } from "../set-alias.ts";
import { DeleteTag, deleteTag, SetTag, setTag } from "../set-tag.ts";

type Refused = { readonly errors: readonly UserError[] };

export interface TagRules {
  /** The node types that tags may stand on. Who may write where the node is may tag it. */
  readonly taggable: readonly string[];
  /** Aliases that only an APPROVER where the asset is sets and deletes; others belong to who may write there. */
  readonly protectedAliases: ReadonlySet<string>;
}

export function tagMutations(reader: NodeReader, { taggable, protectedAliases }: TagRules): MutationDefinition[] {
  const alias = { things: { asset: ANY_NODE, version: ANY_NODE }, extra: { alias: z.string() } };
  const tag = {
    things: { node: ANY_NODE },
    extra: { key: z.string() },
    shape: ({ key }: { node: string; key: string }) => ({ key }),
  };
  return [
    mutation({
      name: "setAlias",
      description:
        "Lets an alias, as production, name a version of a dataset or model: namespace/name@production. A protected one only for an APPROVER.",
      input: SetAlias,
      ...alias,
      allow: () => true,
      prepare: async (input, principal) => {
        const found = await lookUpAlias(reader, principal, input, protectedAliases);
        if ("errors" in found) return found;
        const version = await versionOf(reader, found.asset, input.version);
        if (version === null) return refuse("UNKNOWN_NODE", ["version"], `there is no version ${input.version}`);
        return setAlias(input, { ...found, version: version.id });
      },
      shape: (answer: { asset: string; version: string; alias: string }) => ({ alias: answer.alias }),
    }),
    mutation({
      name: "deleteAlias",
      description: "Takes an alias away. What it named until then stays known.",
      input: DeleteAlias,
      things: { asset: ANY_NODE },
      extra: alias.extra,
      allow: () => true,
      prepare: async (input, principal) => {
        const found = await lookUpAlias(reader, principal, input, protectedAliases);
        return "errors" in found ? found : deleteAlias(input, found);
      },
      shape: (answer: { asset: string; alias: string }) => ({ alias: answer.alias }),
    }),
    mutation({
      name: "setTag",
      description: "Says a word about an asset, a version, a run or a report: a key and a value.",
      input: SetTag,
      ...tag,
      allow: () => true,
      prepare: async (input, principal) => {
        const found = await lookUpTagged(reader, principal, input.node, taggable);
        return "errors" in found ? found : setTag(input, found.id);
      },
    }),
    mutation({
      name: "deleteTag",
      description: "Takes a tag away. What it said until then stays known.",
      input: DeleteTag,
      ...tag,
      allow: () => true,
      prepare: async (input, principal) => {
        const found = await lookUpTagged(reader, principal, input.node, taggable);
        return "errors" in found ? found : deleteTag(input, found.id);
      },
    }),
  ];
}

async function lookUpAlias(
  reader: NodeReader,
  principal: Principal,
  input: { asset: string; alias: string; expectedVersion: number | null },
  protectedAliases: ReadonlySet<string>,
): Promise<AliasLookups | Refused> {
  const asset = await lookUp(reader, principal, "asset", input.asset);
  if ("errors" in asset) return asset;
  if (typeof asset.attributes["latestVersion"] !== "number")
    return refuse("WRONG_TYPE", ["asset"], "only what has numbered versions can have an alias");
  if (protectedAliases.has(input.alias)) requireApprover(principal, asset, input.alias);
  const { expectedVersion } = input;
  if (expectedVersion === null) return { asset, expected: undefined };
  if (expectedVersion === 0) return { asset, expected: null };
  const expected = await versionOf(reader, asset, expectedVersion);
  const message = `there is no version ${expectedVersion} at which it could stand; look again before you move it`;
  return expected ? { asset, expected: expected.id } : refuse("ALIAS_CONFLICT", ["expectedVersion"], message);
}

/** @throws FORBIDDEN */
function requireApprover(principal: Principal, { attributes }: NodeState, alias: string): void {
  // What has numbered versions has a namespace.
  const namespace = attributes["namespace"] as string;
  if (can(principal, "APPROVER", namespace)) return;
  throw clientError("FORBIDDEN", `${alias} is a protected alias: only an APPROVER of ${namespace} sets or deletes it`);
}

async function lookUpTagged(
  reader: NodeReader,
  principal: Principal,
  text: string,
  taggable: readonly string[],
): Promise<NodeState | Refused> {
  const node = await lookUp(reader, principal, "node", text);
  if ("errors" in node || taggable.includes(node.type)) return node;
  return refuse("WRONG_TYPE", ["node"], `a node of the type ${node.type} takes no tags`);
}

/** The one node that an id or key names, where the caller may write. @throws FORBIDDEN where it may only read. */
async function lookUp(
  reader: NodeReader,
  principal: Principal,
  field: string,
  text: string,
): Promise<NodeState | Refused> {
  const node = await findOne(reader, principal, text, { field, unknown: `there is no ${text}` });
  if ("errors" in node) return node;
  const { namespace } = node.attributes;
  const isAllowed =
    typeof namespace === "string" ? can(principal, "CONTRIBUTOR", namespace) : canSomewhere(principal, "CONTRIBUTOR");
  if (!isAllowed) throw clientError("FORBIDDEN", `your token does not allow to change ${text}`);
  return node;
}
