export * from "./column-sources.ts";
export { nodesIn } from "./syntax.ts";
