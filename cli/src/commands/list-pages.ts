import type { Column } from "../terminal/columns.ts";

export interface ListOptions {
  readonly first: number;
  /** Variables of the list's query, from flags. */
  readonly filter: Readonly<Record<string, unknown>>;
}

export interface Listing {
  readonly items: readonly unknown[];
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  readonly hasMore: boolean;
}

export const named = (...titles: string[]): Column[] => titles.map((title) => ({ title }));
