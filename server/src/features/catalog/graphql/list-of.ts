import type { NodeDefinition } from "../../../core/define-node.ts";
import type { NodeState } from "../../../core/graph-change.ts";
import { listNodes } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { clientError } from "../../../graphql/errors.ts";
import {
  type AttributeCondition,
  attributeIs,
  type EdgeCondition,
  edgeLeadsTo,
  type NodeFilter,
  type NodeReader,
} from "../../../ports/node-reader.ts";
import { agentsNamed } from "../../access/index.ts";
import { KEYED, findNodes } from "../find-by-key.ts";
import { type Asked, listFilter } from "./list-arguments.ts";

/** What one list is filtered by besides the arguments of all lists; what was not given filters nothing. */
export interface Conditions {
  readonly states?: readonly string[] | null | undefined;
  /** Attributes by path, of which the definition must say that they are indexed: one of these texts. */
  readonly attributes?: Readonly<Record<string, string | readonly string[] | null | undefined>>;
  /** Who established it, by id, or an agent by name. */
  readonly agent?: string | null | undefined;
  /** The node that lists these, by id or key; the argument has the name of the edge. */
  readonly parent?: string | null | undefined;
  /** Attributes of that node, where it need not be named. */
  readonly parentIs?: NodeFilter["parentIs"] | null;
  /** One end of each of these edges to many, by id or key; the arguments have the names of the edges. */
  readonly edges?: Readonly<Record<string, string | null | undefined>>;
  /** Names are personal: they are looked for where they stand, and of whom the name was erased is left out. */
  readonly personalNames?: true;
  /** Of parameters and metrics. */
  readonly values?: NodeFilter["values"];
}

/** A list of one type, of what its caller may read. @throws as `filterOf` */
export async function listOf(
  reader: NodeReader,
  definition: NodeDefinition,
  args: Asked,
  context: Context,
  conditions: Conditions = {},
) {
  return listNodes(reader, await filterOf(reader, definition, args, context, conditions), args.orderBy, args);
}

/**
 * What a list of one type is filtered by, for its caller.
 * @throws NOT_FOUND where an argument names nothing, or nothing that the caller may read: the two look the same.
 */
export async function filterOf(
  reader: NodeReader,
  definition: NodeDefinition,
  args: Asked,
  context: Context,
  conditions: Conditions,
): Promise<NodeFilter> {
  const { states, parent, parentIs, personalNames, values } = conditions;
  const named = (field: string, text: string) => endNamed(reader, definition, context, field, text);
  const attributes = await attributesOf(reader, definition, conditions);
  const edges = await edgesOf(definition, conditions, named);
  return {
    ...(await listFilter([definition.name], args, context)),
    ...(states ? { states } : {}),
    ...(parent == null ? {} : { parent: (await named(definition.parent!, parent)).id }),
    ...(parentIs ? { parentIs } : {}),
    ...(personalNames ? { personalNames, notErased: true } : {}),
    attributes,
    edges,
    ...(values ? { values } : {}),
  };
}

function edgesOf(
  definition: NodeDefinition,
  { edges = {} }: Conditions,
  named: (field: string, text: string) => Promise<NodeState>,
): Promise<EdgeCondition[]> {
  const asked = Object.entries(edges).flatMap(([field, text]) => (text == null ? [] : [[field, text] as const]));
  return Promise.all(asked.map(async ([field, text]) => edgeLeadsTo(definition, field, await named(field, text))));
}

async function attributesOf(
  reader: NodeReader,
  definition: NodeDefinition,
  { attributes = {}, agent }: Conditions,
): Promise<AttributeCondition[]> {
  const asked = {
    ...attributes,
    ...(agent == null ? {} : { attributedTo: await agentsNamed(reader, "agent", agent) }),
  };
  return Object.entries(asked).flatMap(([path, values]) =>
    values == null ? [] : [attributeIs(definition, path, typeof values === "string" ? [values] : values)],
  );
}

/** The node at the end of an edge, which an argument of its name names by id or key. */
async function endNamed(
  reader: NodeReader,
  { edges }: NodeDefinition,
  { principal }: Context,
  field: string,
  idOrKey: string,
): Promise<NodeState> {
  const found = await findNodes(reader, principal, idOrKey, {}, KEYED);
  const [state, another] = found.filter(({ type }) => edges[field]!.targets.includes(type));
  const path = [field];
  if (state === undefined)
    throw clientError("NOT_FOUND", `there is no ${idOrKey}, or none that you may read`, { path });
  if (another === undefined) return state;
  throw clientError("INVALID_INPUT", `${idOrKey} is both ${state.type} and ${another.type}; give the id`, { path });
}
