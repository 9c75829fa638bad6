import type { SyntaxNode } from "../tabular-database.ts";

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that is not empty. */
export function textAt(node: SyntaxNode, field: string): string | undefined {
  const value = node[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function listAt(node: SyntaxNode, field: string): SyntaxNode[] {
  return Array.isArray(node[field]) ? (node[field] as SyntaxNode[]) : [];
}

export function textsAt(node: SyntaxNode, field: string): string[] {
  return Array.isArray(node[field]) ? (node[field] as string[]) : [];
}

/** The query in a subquery or a WITH. */
export function queryAt(node: SyntaxNode, field: string): SyntaxNode | undefined {
  const inner = node[field];
  return isNode(inner) && isNode(inner["node"]) ? inner["node"] : undefined;
}

/** The expressions in a part of a query, itself among them; those of a subquery belong to that query and are left out. */
export function* expressionsIn(value: unknown): Generator<SyntaxNode> {
  if (Array.isArray(value)) for (const part of value) yield* expressionsIn(part);
  if (!isNode(value)) return;
  if (typeof value["class"] === "string") yield value;
  for (const [field, part] of Object.entries(value)) if (field !== "subquery") yield* expressionsIn(part);
}

/** The queries in a tree, itself and those in subqueries and in WITH, and all of their expressions. */
export function* nodesIn(value: unknown): Generator<SyntaxNode> {
  if (Array.isArray(value)) for (const part of value) yield* nodesIn(part);
  if (!isNode(value)) return;
  yield value;
  for (const part of Object.values(value)) yield* nodesIn(part);
}
