export { Neo4jGraph, type Neo4jGraphOptions, openNeo4jGraph } from "./neo4j-graph.ts";
