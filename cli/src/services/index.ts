/** The real services that `npm start`, the tests and the benches use: found, else installed; started, stopped, killed. */
export { type Diagnosis, doctor } from "./doctor.ts";
export type { AtAddress, Program } from "./found.ts";
export { type NatsOptions, startNats } from "./nats.ts";
export { findOrInstallNats } from "./nats-install.ts";
export { type Neo4jOptions, startNeo4j } from "./neo4j.ts";
export { findOrInstallNeo4j, type Neo4jProgram, type Neo4jVersion } from "./neo4j-install.ts";
export { startPostgres } from "./postgres.ts";
export { findOrInstallPostgres } from "./postgres-install.ts";
export {
  type Exit,
  type NatsService,
  type Neo4jService,
  type PostgresService,
  type RunningService,
  ServiceError,
  type ServiceName,
  type StartOptions,
} from "./service.ts";
