interface Page<Item> {
  readonly nodes: readonly Item[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
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
