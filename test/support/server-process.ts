import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Child, ROOT, startChild } from "./child.ts";
import { gqlOf, type ReachableServer } from "./server.ts";

/** A server in a process of its own, which can be killed. */
export interface ServerProcess extends ReachableServer, Child {}

/** How the tests and `npm start` run it, which needs no build. */
const FROM_SOURCE = [
  "--conditions=clew-src",
  `--import=${join(ROOT, "node_modules/tsx/dist/loader.mjs")}`,
  "server/src/app/main.ts",
];
/** How the image runs it; `npm run build` first. */
export const BUILT = ["server/dist/app/main.js"];

export async function startServerProcess(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
  program: readonly string[] = FROM_SOURCE,
): Promise<ServerProcess> {
  const settings = {
    TSX_TSCONFIG_PATH: join(ROOT, "server/tsconfig.json"),
    CLEW_DATA_DIR: dataDir,
    CLEW_PORT: "0",
    ...environment,
  };
  const { child, said } = await startChild(program, settings, "ready");
  const url = String(said["url"]);
  const adminToken = readFileSync(join(dataDir, "admin.token"), "utf8").trim();
  return { ...child, url, adminToken, gql: gqlOf(url, adminToken) };
}
