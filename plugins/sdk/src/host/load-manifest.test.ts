import { expect, test } from "vitest";
import { aFolder, aManifest } from "../../test/a-job.ts";
import { formatManifest } from "./format-manifest.ts";
import { ManifestError, loadManifest } from "./load-manifest.ts";

async function aPluginFolder(manifest: unknown): Promise<string> {
  return await aFolder({ "plugin.json": formatManifest(manifest), "job.sh": "", "src/main.ts": "" });
}

test("a good manifest is read with its defaults", async () => {
  const { resources: _, ...written } = aManifest();
  const manifest = await loadManifest(await aPluginFolder(written));
  expect(manifest.resources).toEqual({ memoryMiB: 2048, timeoutSeconds: 3600, gpu: false });
});

test.each([
  ["runType", { ...aManifest(), runType: "COOKING" }, "runType"],
  ["a nested field", { ...aManifest(), inputs: { rows: { type: "Table", description: "x" } } }, "inputs.rows.type"],
  ["a version of the host that is not this one", { ...aManifest(), hostApi: 2 }, "hostApi"],
  ["parameters that are no object", aManifest({ parameters: { type: "array" } }), "parameters.type"],
  ["parameters that are no schema", aManifest({ parameters: { type: "object", required: 1 } }), "parameters"],
  ["a missing entry", aManifest({ runtime: { type: "node", entry: "src/gone.ts" } }), "runtime.entry"],
  ["an entry outside", aManifest({ runtime: { type: "python", entry: "../../main.py" } }), "runtime.entry"],
  ["an absolute entry", aManifest({ runtime: { type: "node", entry: "/etc/passwd" } }), "runtime.entry"],
  ["a missing program", aManifest({ runtime: { type: "command", command: ["./gone.sh"] } }), "runtime.command.0"],
])("%s is named", async (_, manifest, field) => {
  const error = await loadManifest(await aPluginFolder(manifest)).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ManifestError);
  expect((error as ManifestError).faults.map((fault) => fault.field)).toContain(field);
  expect((error as ManifestError).message).toContain(`plugin.json: ${field}: `);
});

test("a missing file and a file that is no JSON are told apart", async () => {
  await expect(loadManifest(await aFolder())).rejects.toThrow("plugin.json: cannot be read (ENOENT)");
  await expect(loadManifest(await aFolder({ "plugin.json": "{" }))).rejects.toThrow("is no JSON");
});
