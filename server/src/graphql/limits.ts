import {
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLSchema,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type DocumentNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { PAGE_DEFAULT, PAGE_MAX } from "./connection.ts";
import { clientError } from "./errors.ts";

/** What one operation may ask for at once. */
export interface QueryLimits {
  /** The parser stops after so many tokens. */
  readonly maxTokens: number;
  /** Fields inside fields. Of introspection, GraphQL's own validation bounds the depth. */
  readonly maxDepth: number;
  /** Fields under another name, wherever they stand; a fragment's count once for each spread. */
  readonly maxAliases: number;
  readonly maxCost: number;
}

export const QUERY_LIMITS: QueryLimits = { maxTokens: 5_000, maxDepth: 16, maxAliases: 100, maxCost: 25_000 };

/** How many items a list that takes no `first` is counted as. */
const LIST_ASSUMED = 10;
const INTROSPECTION_COST = 1_000;

/**
 * What an operation asks for. Its cost is how many objects the answer may hold: each field that answers an object counts 1 (or its
 * `complexity`, where finding it is dear), times the page sizes of all lists that it stands in. Of two fragments on different types
 * both count.
 */
export interface Demand {
  readonly depth: number;
  readonly aliases: number;
  readonly cost: number;
}

type AnyField = GraphQLField<unknown, unknown>;
type Variables = Readonly<Record<string, unknown>>;

/** Measures operations and remembers the last measure of each: the same operation with the same page sizes is measured once. */
export class QueryMeter {
  readonly #schema: GraphQLSchema;
  readonly #known = new WeakMap<OperationDefinitionNode, { readonly sizes: string; readonly demand: Demand }>();
  readonly #sizeVariables = new WeakMap<OperationDefinitionNode, readonly string[]>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** The document must have passed validation. */
  measure(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): Demand {
    const sizes = this.#numbers(operation)
      .map((name) => String(variables[name]))
      .join();
    const known = this.#known.get(operation);
    if (known?.sizes === sizes) return known.demand;
    const demand = new Measure(this.#schema, document, variablesWithDefaults(operation, variables)).operation(
      operation,
    );
    this.#known.set(operation, { sizes, demand });
    return demand;
  }

  /** The Int variables: those that may be page sizes. */
  #numbers(operation: OperationDefinitionNode): readonly string[] {
    const known = this.#sizeVariables.get(operation);
    if (known) return known;
    const names = (operation.variableDefinitions ?? []).flatMap(({ variable, type }) => {
      const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
      return named.kind === Kind.NAMED_TYPE && named.name.value === "Int" ? [variable.name.value] : [];
    });
    this.#sizeVariables.set(operation, names);
    return names;
  }
}

/** @throws QUERY_TOO_COSTLY with what was asked for and what is allowed. */
export function checkDemand({ depth, aliases, cost }: Demand, limits: QueryLimits): void {
  if (depth > limits.maxDepth) throw tooCostly(`it is ${depth} fields deep, at most ${limits.maxDepth} are allowed`);
  if (aliases > limits.maxAliases)
    throw tooCostly(`it has ${aliases} aliases, at most ${limits.maxAliases} are allowed`);
  if (cost > limits.maxCost) {
    const message = `it may answer ${cost} objects, at most ${limits.maxCost} are allowed; ask for smaller pages`;
    throw tooCostly(message, { cost, maxCost: limits.maxCost });
  }
}

function tooCostly(why: string, extensions: Record<string, unknown> = {}) {
  const message = `the query asks for too much: ${why}`;
  return clientError("QUERY_TOO_COSTLY", message, { ...extensions, http: { status: 400 } });
}

function variablesWithDefaults(operation: OperationDefinitionNode, variables: Variables): Variables {
  const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue?.kind === Kind.INT ? [[variable.name.value, Number(defaultValue.value)] as const] : [],
  );
  return { ...Object.fromEntries(defaults), ...variables };
}

const NOTHING: Demand = { depth: 0, aliases: 0, cost: 0 };

/** One walk over an operation. Fragments are measured once for each list size that they are spread in, so that a walk stays short. */
class Measure {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #variables: Variables;
  readonly #measured = new Map<string, Demand>();

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Variables) {
    this.#schema = schema;
    this.#fragments = new Map(
      document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
    );
    this.#variables = variables;
  }

  operation(operation: OperationDefinitionNode): Demand {
    return this.#selections(operation.selectionSet, this.#schema.getRootType(operation.operation)?.name, null);
  }

  /** `listSize`: how many items the lists directly below hold, where a field above took `first`. */
  #selections({ selections }: SelectionSetNode, typeName: string | undefined, listSize: number | null): Demand {
    let demand = NOTHING;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) demand = sum(demand, this.#field(selection, typeName, listSize));
      else if (selection.kind === Kind.FRAGMENT_SPREAD)
        demand = sum(demand, this.#spread(selection.name.value, listSize));
      else {
        const on = selection.typeCondition?.name.value ?? typeName;
        demand = sum(demand, this.#selections(selection.selectionSet, on, listSize));
      }
    }
    return demand;
  }

  #spread(name: string, listSize: number | null): Demand {
    const key = `${name} ${listSize}`;
    const known = this.#measured.get(key);
    if (known) return known;
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) return NOTHING;
    const demand = this.#selections(fragment.selectionSet, fragment.typeCondition.name.value, listSize);
    this.#measured.set(key, demand);
    return demand;
  }

  #field(field: FieldNode, typeName: string | undefined, listSize: number | null): Demand {
    const aliases = field.alias ? 1 : 0;
    const definition = this.#fieldsOf(typeName)?.[field.name.value];
    if (field.selectionSet === undefined) return { depth: 1, aliases, cost: 0 };
    if (definition === undefined) return { depth: 1, aliases, cost: INTROSPECTION_COST };
    const { type } = definition;
    const page = this.#pageSize(field, definition);
    const isList = isListType(getNullableType(type));
    const times = isList ? (page ?? listSize ?? LIST_ASSUMED) : 1;
    const below = this.#selections(field.selectionSet, getNamedType(type).name, isList ? null : page);
    const cost = times * (weightOf(definition) + below.cost);
    return { depth: 1 + below.depth, aliases: aliases + below.aliases, cost };
  }

  /** How many items the field's list has, or its connection's; null for a field that takes no `first`. */
  #pageSize(field: FieldNode, definition: AnyField): number | null {
    if (!definition.args.some(({ name }) => name === "first")) return null;
    const given = field.arguments?.find(({ name }) => name.value === "first")?.value;
    const size =
      given?.kind === Kind.VARIABLE
        ? Number(this.#variables[given.name.value] ?? PAGE_DEFAULT)
        : Number(given?.kind === Kind.INT ? given.value : PAGE_DEFAULT);
    // What is outside is refused when the field is resolved.
    return Math.min(Math.max(size || 1, 1), PAGE_MAX);
  }

  #fieldsOf(typeName: string | undefined): Readonly<Record<string, AnyField>> | undefined {
    const type = typeName === undefined ? undefined : this.#schema.getType(typeName);
    return isObjectType(type) || isInterfaceType(type) ? type.getFields() : undefined;
  }
}

function weightOf({ extensions }: AnyField): number {
  const { complexity } = extensions;
  return typeof complexity === "number" ? complexity : 1;
}

function sum(a: Demand, b: Demand): Demand {
  return { depth: Math.max(a.depth, b.depth), aliases: a.aliases + b.aliases, cost: a.cost + b.cost };
}
