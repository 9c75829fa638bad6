import type { Condition, MetricOrder, Pair } from "../arguments.ts";
import type { Column } from "../terminal/columns.ts";

export interface ListOptions {
  readonly namespace?: string;
  readonly first: number;
  readonly tag?: readonly Pair[];
  readonly parameter?: readonly Condition[];
  readonly metric?: readonly Condition[];
  readonly orderByMetric?: MetricOrder;
}

export interface Listing {
  readonly items: readonly unknown[];
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  readonly hasMore: boolean;
}

export function filterOf({ namespace, tag }: Pick<ListOptions, "namespace" | "tag">) {
  const tags = tag?.map(({ name, value }) => ({ key: name, value }));
  return { ...(namespace === undefined ? {} : { namespace }), ...(tags === undefined ? {} : { tags }) };
}

export const named = (...titles: string[]): Column[] => titles.map((title) => ({ title }));
