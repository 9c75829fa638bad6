export { ColumnUsesResolver } from "./graphql/column-uses.resolver.ts";
export { LineageResolver } from "./graphql/lineage.resolver.ts";
export type { GraphProgress } from "./graphql/walk-start.ts";
