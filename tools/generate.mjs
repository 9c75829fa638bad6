// Makes every generated file again: SDL, typed documents, JSON Schemas of the wire, manifests of the plugins.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = (file, args, options = {}) =>
  execFileSync(file, args, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024, ...options });
const source = ["--conditions=clew-src"];

const sdl = run("npx", ["tsx", "--tsconfig", "server/tsconfig.json", ...source, "server/src/app/print-schema.ts"]);
writeFileSync(`${root}schema/graphql/schema.graphql`, sdl);
run("npx", ["graphql-codegen", "--config", "codegen.yml", "--silent"], { stdio: "inherit" });
run("npx", ["node", ...source, "schema/src/emit-json-schemas.ts"], { stdio: "inherit" });

for (const folder of readdirSync(`${root}plugins`)) {
  if (!existsSync(`${root}plugins/${folder}/src/main.ts`)) continue;
  run("npx", ["node", "plugins/sdk/bin/clew-plugin-manifest.mjs", "--write", `plugins/${folder}`], {
    stdio: "inherit",
  });
}
