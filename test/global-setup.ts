import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
// By path: the runner of global set-ups does not resolve with the condition clew-src.
import { startNats, startNeo4j, startPostgres } from "../cli/src/services/index.ts";

/**
 * Starts the real services once for all test files, which find them in the environment. A service that cannot be had fails the whole
 * run: nothing is skipped. Tests that kill a service start one of their own. CLEW_TEST_LIGHT=true starts none: for working on a test that starts
 * what it needs.
 */
export default async function startServices(): Promise<() => Promise<void>> {
  if (process.env["CLEW_TEST_LIGHT"] === "true") return async () => {};
  const dir = await mkdtemp(join(tmpdir(), "clew-services-"));
  // PostgreSQL runs as a user of its own when we are root, and must be able to enter.
  await chmod(dir, 0o755);
  const folder = (name: string) => ({ dir: join(dir, name), own: true });
  const [nats, postgres, lts, newest] = await Promise.all([
    startNats(folder("nats")),
    startPostgres(folder("postgres")),
    startNeo4j({ ...folder("neo4j-lts"), version: "5.26.30", heapMiB: 1024 }),
    startNeo4j({ ...folder("neo4j-newest"), version: "2026.08.1", heapMiB: 1024 }),
  ]);
  Object.assign(process.env, {
    CLEW_TEST_NATS_URL: nats.url,
    CLEW_TEST_POSTGRES_URL: postgres.url,
    ...neo4jVariables("CLEW_TEST_NEO4J_526", lts),
    ...neo4jVariables("CLEW_TEST_NEO4J_2026", newest),
  });
  return async () => {
    await Promise.all([nats, postgres, lts, newest].map((service) => service.stop()));
    await rm(dir, { recursive: true, force: true });
  };
}

function neo4jVariables(prefix: string, { url, user, password }: { url: string; user: string; password: string }) {
  return { [`${prefix}_URL`]: url, [`${prefix}_USER`]: user, [`${prefix}_PASSWORD`]: password };
}
