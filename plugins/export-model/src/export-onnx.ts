import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Exported } from "./exported.ts";
import { onnxEntries } from "./lineage.ts";
import { withMetadata } from "./onnx-metadata.ts";

/** The model's files, its .onnx file with the lineage in `metadata_props`; weights that lie beside it stay beside it. */
export async function exportOnnx({ model, lineage, dir }: Exported): Promise<void> {
  for (const { path } of model.files) {
    const target = join(dir, path);
    await mkdir(dirname(target), { recursive: true });
    if (/\.onnx$/i.test(path))
      await writeFile(target, withMetadata(await readFile(model.path(path)), onnxEntries(lineage)));
    else await copyFile(model.path(path), target);
  }
}
