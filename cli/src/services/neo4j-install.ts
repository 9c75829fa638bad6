import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addressOf } from "./address.ts";
import { cached, installOnce, verifySha256 } from "./cache.ts";
import { run, which } from "./commands.ts";
import type { AtAddress, Program } from "./found.ts";
import { findJdk, type Jdk } from "./java.ts";
import { ServiceError } from "./service.ts";

export type Neo4jVersion = "5.26.30" | "2026.08.1";

/** In the order of preference: the long-term release first. JDKs likewise; others are not supported by that release. */
export const NEO4J_VERSIONS: readonly Neo4jVersion[] = ["5.26.30", "2026.08.1"];
export const JDKS_FOR: Record<Neo4jVersion, readonly number[]> = { "5.26.30": [21, 17], "2026.08.1": [25, 21] };

const MAVEN_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/** `where` is the folder of the jars. */
export interface Neo4jProgram extends Program {
  readonly version: Neo4jVersion;
  readonly jdk: Jdk;
}

/** Looks without installing anything. Without a version: the first that this machine's JDKs can run. */
export function findNeo4j(version?: Neo4jVersion): AtAddress | Neo4jProgram | null {
  const url = addressOf("neo4j");
  return url === null ? findNeo4jProgram(version) : { from: "address", url };
}

export function findNeo4jProgram(version?: Neo4jVersion): Neo4jProgram | null {
  for (const each of version === undefined ? NEO4J_VERSIONS : [version]) {
    const jdk = findJdk(JDKS_FOR[each]);
    const folder = cached(cacheName(each));
    if (jdk !== null && folder !== null) return program(each, folder, jdk);
  }
  return null;
}

export async function findOrInstallNeo4j(version?: Neo4jVersion): Promise<AtAddress | Neo4jProgram> {
  const url = addressOf("neo4j");
  return url === null ? findOrInstallNeo4jProgram(version) : { from: "address", url };
}

export async function findOrInstallNeo4jProgram(wanted?: Neo4jVersion): Promise<Neo4jProgram> {
  const version = wanted ?? NEO4J_VERSIONS.find((each) => findJdk(JDKS_FOR[each]) !== null) ?? "5.26.30";
  const jdk = findJdk(JDKS_FOR[version]);
  if (jdk === null) throw new ServiceError(`Neo4j ${version}: ${jdkAdvice(version)}`);
  return program(version, await installOnce(cacheName(version), (folder) => install(folder, version, jdk)), jdk);
}

export function jdkAdvice(version: Neo4jVersion): string {
  const majors = JDKS_FOR[version].toSorted((a, b) => a - b);
  return (
    `there is no JDK ${majors.join(" or ")}. Install one (Debian: \`apt-get install openjdk-${majors[0]}-jdk-headless\`), ` +
    "name it in JAVA_HOME, or name a running Neo4j in CLEW_NEO4J_URL, CLEW_NEO4J_USER and CLEW_NEO4J_PASSWORD."
  );
}

function cacheName(version: Neo4jVersion): string {
  return `neo4j-${version}`;
}

function program(version: Neo4jVersion, folder: string, jdk: Jdk): Neo4jProgram {
  return { from: "cache", where: join(folder, "lib"), version, jdk };
}

async function install(folder: string, version: Neo4jVersion, jdk: Jdk): Promise<void> {
  if (which("mvn") === null) {
    throw new ServiceError(
      `Neo4j ${version} is installed by Maven, which was not found. Install it (Debian: \`apt-get install maven\`) or name ` +
        "a running Neo4j in CLEW_NEO4J_URL, CLEW_NEO4J_USER and CLEW_NEO4J_PASSWORD.",
    );
  }
  const lib = join(folder, "lib");
  mkdirSync(lib);
  writeFileSync(join(folder, "pom.xml"), pom(version));
  const how = ["-q", "-B", "--strict-checksums", MAVEN_PLUGIN, `-DoutputDirectory=${lib}`, "-DincludeScope=runtime"];
  await run("mvn", how, { cwd: folder, env: { JAVA_HOME: jdk.home }, timeoutMs: 900_000 });
  await verifyJars(lib, version);
  rmSync(join(folder, "pom.xml"));
}

/** Every jar is the reviewed one, none is missing and none came along unasked. */
async function verifyJars(lib: string, version: Neo4jVersion): Promise<void> {
  const expected = await committedJars(version);
  const got = new Set(readdirSync(lib));
  const odd = [...got]
    .filter((name) => !expected.has(name))
    .concat([...expected.keys()].filter((name) => !got.has(name)));
  if (odd.length > 0) {
    throw new ServiceError(`Maven delivered other jars for Neo4j ${version} than are committed: ${odd.join(", ")}`);
  }
  for (const [name, digest] of expected) await verifySha256(join(lib, name), digest);
}

async function committedJars(version: Neo4jVersion): Promise<Map<string, string>> {
  const { JARS } =
    version === "5.26.30" ? await import("./neo4j-jars-5.26.30.ts") : await import("./neo4j-jars-2026.08.1.ts");
  const lines = JARS.trim().split("\n");
  return new Map(lines.map((line) => [line.slice(65), line.slice(0, 64)]));
}

function pom(version: Neo4jVersion): string {
  const dependency = `<groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>${version}</version>`;
  return `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>clew</groupId><artifactId>neo4j</artifactId><version>1</version>
  <dependencies><dependency>${dependency}</dependency></dependencies>
</project>
`;
}
