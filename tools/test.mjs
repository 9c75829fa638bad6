// Runs the tests and ends with one plain line that counts them. `--fast` leaves out what needs a service, and what is slow.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const isFast = process.argv.includes("--fast");
const others = process.argv.slice(2).filter((argument) => argument !== "--fast");
const folder = mkdtempSync(join(tmpdir(), "clew-test-"));
const report = join(folder, "report.json");

const projects = isFast ? ["--project", "fast"] : [];
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const { status } = spawnSync("npx", ["vitest", "run", ...projects, ...reporters, ...others], {
  cwd: root,
  stdio: "inherit",
});

let failed = 1;
try {
  const counts = JSON.parse(readFileSync(report, "utf8"));
  // A file that could not be loaded has no tests of its own, and has failed all the same.
  const unloaded = counts.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  failed = counts.numFailedTests + unloaded;
  const skipped = counts.numPendingTests + counts.numTodoTests;
  if (status !== 0 && failed === 0) failed = 1;
  console.log(`${counts.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
} catch (error) {
  console.log(`the tests did not run to their end: ${error.message}`);
  console.log("0 passed, 1 failed, 0 skipped");
}
rmSync(folder, { recursive: true, force: true });
process.exit(failed === 0 && status === 0 ? 0 : 1);
