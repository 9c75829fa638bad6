import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { NET_SIGNATURE } from "../../models/test/signatures.ts";
import { exportWeb } from "./export-web.ts";
import type { Exported } from "./exported.ts";

const MODEL = fileURLToPath(new URL("../conformance/model", import.meta.url));
const MIB = 1024 * 1024;

test.each([
  ["none", 0, [0]],
  ["as many as fit", 4 * MIB, [4 * MIB]],
  ["more", 9 * MIB + 1, [4 * MIB, 4 * MIB, MIB + 1]],
])("weights are cut into files that browsers keep, and are whole again in their order: %s", async (_, bytes, sizes) => {
  const work = await mkdtemp(join(tmpdir(), "export-web-"));
  onTestFinished(async () => await rm(work, { recursive: true }));
  const [from, dir] = [join(work, "model"), join(work, "web")];
  await cp(MODEL, from, { recursive: true });
  await mkdir(dir);
  const weights = randomBytes(bytes);
  await writeFile(join(from, "weights.bin"), weights);
  const model = { path: (path: string) => join(from, path) };
  const lineage = { modelVersion: "ModelVersion:1", key: "tests/m@1", digest: "sha256:1", run: "Run:1" };
  await exportWeb({ model, signature: NET_SIGNATURE, lineage, dir } as unknown as Exported);
  const { weightsManifest, userDefinedMetadata } = JSON.parse(await readFile(join(dir, "model.json"), "utf8")) as {
    weightsManifest: [{ paths: string[] }];
    userDefinedMetadata: object;
  };
  const shards = await Promise.all(weightsManifest[0].paths.map((path) => readFile(join(dir, path))));
  expect(shards.map(({ length }) => length)).toEqual(sizes);
  expect(Buffer.concat(shards).equals(weights)).toBe(true);
  expect(userDefinedMetadata).toEqual({ clew: lineage });
});
