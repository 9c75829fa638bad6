// Installs the dependencies when they are missing or older than the lock file. Runs before `npm start` and
// `npm test` on the system's own Node (20 or newer), so it may use nothing but Node itself.
import { execSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";

const [major] = process.versions.node.split(".").map(Number);
if (major < 20) {
  console.error(`Clew needs Node 20 or newer to install itself; this is ${process.versions.node}.`);
  process.exit(1);
}

const root = new URL("..", import.meta.url);
const stamp = new URL("node_modules/.clew-installed", root);
const lock = createHash("sha256")
  .update(readFileSync(new URL("package-lock.json", root)))
  .digest("hex");
const present = existsSync(stamp) && readFileSync(stamp, "utf8") === lock;

if (!present || !statSync(new URL("node_modules/tsx", root), { throwIfNoEntry: false })) {
  console.log("Installing dependencies (npm ci) …");
  execSync("npm ci --no-audit --no-fund --loglevel=error", { cwd: root, stdio: "inherit" });
  writeFileSync(stamp, lock);
}
