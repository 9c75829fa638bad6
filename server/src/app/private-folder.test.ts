import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { aDataset } from "../../../test/support/builders.ts";
import { startTestServer } from "../../../test/support/server.ts";
import { privateFolder } from "./private-folder.ts";

function aFolder(mode: number): string {
  const dir = mkdtempSync(join(tmpdir(), "clew-private-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  chmodSync(dir, mode);
  return dir;
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** What group or others may read or write in a folder. */
function open(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) => {
    const info = statSync(join(dir, name));
    return (info.mode & (info.isDirectory() ? 0o066 : 0o077)) !== 0;
  });
}

test.each(["a new folder", "a folder of an older version"])(
  "nobody else reads what a server keeps in %s",
  async (which) => {
    const parent = aFolder(0o755);
    const dataDir = which === "a new folder" ? join(parent, "data") : parent;
    // As SQLite left them before.
    const before = which === "a new folder" ? [] : ["clew.db", "clew.db-wal"];
    for (const name of before) writeFileSync(join(dataDir, name), "", { mode: 0o644 });
    const server = await startTestServer({ dataDir });
    await aDataset(server);
    expect(modeOf(dataDir)).toBe("700");
    expect(readdirSync(dataDir)).toContain("clew.db-wal");
    expect(open(dataDir)).toEqual([]);
    await server.running.stop();
    expect(readdirSync(dataDir)).toContain("graph.snapshot");
    expect(open(dataDir)).toEqual([]);
  },
);

test("a folder that others may only pass through stays so", () => {
  const dir = aFolder(0o711);
  privateFolder(dir);
  expect(modeOf(dir)).toBe("711");
});
