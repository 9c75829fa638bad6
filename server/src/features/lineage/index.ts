export { type GraphProgress, LineageResolver } from "./graphql/lineage.resolver.ts";
