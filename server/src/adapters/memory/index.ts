export { GraphInUse } from "./lock.ts";
export { MemoryGraph, type MemoryGraphOptions, openMemoryGraph } from "./memory-graph.ts";
