import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { LocalInput } from "@clew/plugin-sdk";

/** A version of a dataset with these files, by name, in a folder that goes with the test. */
export async function aVersion(key: string, files: Record<string, string | Uint8Array>): Promise<LocalInput> {
  const dir = await mkdtemp(join(tmpdir(), "clew-tabular-"));
  onTestFinished(async () => await rm(dir, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
  const digest = `sha256:${"0".repeat(64)}`;
  const listed = Object.keys(files).map((path) => ({ path, sizeBytes: 0, digest }));
  return {
    id: key,
    key,
    type: "DatasetVersion",
    digest,
    dir: ".",
    files: listed,
    schema: [],
    signature: null,
    path: (file) => join(dir, file),
  };
}
