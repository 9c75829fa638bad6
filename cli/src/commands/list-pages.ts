import type { Column } from "../terminal/columns.ts";

export interface ListOptions {
  readonly first: number;
  /** Variables of the list's query, from flags. */
  readonly filter: Readonly<Record<string, unknown>>;
}

interface Page<Item> {
  readonly nodes: readonly Item[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface Listing {
  readonly items: readonly unknown[];
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  readonly hasMore: boolean;
}

const PAGE_MAX = 500;

/** Asks page by page until there are enough. */
export async function pages<Item>(
  first: number,
  ask: (page: { first: number; after: string | null }) => Promise<Page<Item>>,
): Promise<{ items: Item[]; hasMore: boolean }> {
  const items: Item[] = [];
  for (let after: string | null = null; ; ) {
    const page = await ask({ first: Math.min(PAGE_MAX, first - items.length), after });
    items.push(...page.nodes);
    after = page.pageInfo.endCursor;
    const { hasNextPage } = page.pageInfo;
    if (!hasNextPage || after === null || items.length >= first) return { items, hasMore: hasNextPage };
  }
}

export const named = (...titles: string[]): Column[] => titles.map((title) => ({ title }));
