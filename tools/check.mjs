// Everything that can be checked without running a test: generated files, types, lint, format, arrows between folders, dead code.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const GENERATED = ["schema/graphql", "schema/json", "plugins/*/plugin.json"];
const CRUISED = ["schema/src", "server/src", "cli/src", "plugins", "runners/node/src"];
/** In no package's tsconfig, so that rules which ask for types would be told wrong ones. */
const TESTS = ["**/*.test.ts", "**/*.contract.ts", "**/*.fixture.ts", "**/test/**", "bench/**", "examples/**"];
/** Fewer modules than this mean that the cruiser has not found the sources. */
const MODULES_MIN = 400;

const STEPS = [
  { name: "generated files", command: "node tools/generate.mjs" },
  { name: "generated files are committed", command: `git diff --exit-code --stat -- ${GENERATED.join(" ")}` },
  {
    name: "no breaking change of the schema",
    command: "npx node --conditions=clew-src server/src/app/check-schema-changes.ts schema/graphql",
  },
  { name: "types", command: "npx tsc -p tsconfig.check.json" },
  {
    name: "lint",
    command: `npx oxlint --type-aware --quiet ${TESTS.map((glob) => `--ignore-pattern "${glob}"`).join(" ")}`,
  },
  { name: "lint of tests", command: "npx oxlint --quiet" },
  { name: "format", command: "npx biome format ." },
  {
    name: "arrows between folders",
    command: `npx depcruise --config .dependency-cruiser.cjs --output-type err ${CRUISED.join(" ")}`,
    holds: (output) => Number(/\((\d+) modules/.exec(output)?.[1] ?? 0) >= MODULES_MIN,
  },
  { name: "dead code", command: "npx knip --no-progress" },
];

let failed = 0;
for (const { name, command, holds = () => true } of STEPS) {
  const begun = performance.now();
  const options = { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024, shell: true };
  const { status, stdout, stderr } = spawnSync(command, options);
  const isGood = status === 0 && holds(stdout);
  console.log(`${isGood ? "ok    " : "FAILED"} ${name} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
  if (isGood) continue;
  failed++;
  console.log(`${stdout}${stderr}`.trimEnd());
}
process.exit(failed === 0 ? 0 : 1);
