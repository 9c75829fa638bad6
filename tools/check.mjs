// Everything that can be checked without running a test: generated files, types, lint, format, arrows between folders, dead code.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const GENERATED = [
  "schema/graphql",
  "schema/json",
  ...["train-tfjs", "evaluate-tabular"].map((name) => `plugins/${name}/plugin.json`),
];

const STEPS = [
  ["generated files", "node", ["tools/generate.mjs"]],
  ["generated files are committed", "git", ["diff", "--exit-code", "--stat", "--", ...GENERATED]],
  ["types", "npx", ["tsc", "-p", "tsconfig.check.json"]],
  ["lint", "npx", ["oxlint", "--type-aware", "--quiet"]],
  ["format", "npx", ["biome", "format", "."]],
  [
    "arrows between folders",
    "npx",
    [
      "depcruise",
      "--config",
      ".dependency-cruiser.cjs",
      "--output-type",
      "err",
      "schema/src",
      "server/src",
      "cli/src",
      "plugins",
      "runners/node/src",
    ],
  ],
  ["dead code", "npx", ["knip", "--no-progress"]],
];

let failed = 0;
for (const [name, command, args] of STEPS) {
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (status === 0) continue;
  failed++;
  console.log(`${stdout}${stderr}`.trimEnd());
}
process.exit(failed === 0 ? 0 : 1);
