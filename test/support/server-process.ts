import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gqlOf, type ReachableServer } from "./answer.ts";
import { type Child, ROOT, startChild } from "./child.ts";

/** A server in a process of its own, which can be killed. */
export interface ServerProcess extends ReachableServer, Child {}

/** How the tests and `npm start` run it, which needs no build. */
export const FROM_SOURCE = [
  "--conditions=clew-src",
  `--import=${join(ROOT, "node_modules/tsx/dist/loader.mjs")}`,
  join(ROOT, "server/src/app/main.ts"),
];
/** How the image runs it; `npm run build` first. */
export const BUILT = [join(ROOT, "server/dist/app/main.js")];

/** What a server's process needs to run on a folder, on a port of its own choice. */
export function serverEnvironment(dataDir: string): Record<string, string | undefined> {
  const tsconfig = join(ROOT, "server/tsconfig.json");
  return { PATH: process.env["PATH"], TSX_TSCONFIG_PATH: tsconfig, CLEW_DATA_DIR: dataDir, CLEW_PORT: "0" };
}

export async function startServerProcess(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
  program: readonly string[] = FROM_SOURCE,
): Promise<ServerProcess> {
  const settings = { ...serverEnvironment(dataDir), ...environment };
  const { child, said } = await startChild(program, settings, "ready");
  const url = String(said["url"]);
  const adminToken = readFileSync(join(dataDir, "admin.token"), "utf8").trim();
  return { ...child, url, adminToken, gql: gqlOf(url, adminToken) };
}
