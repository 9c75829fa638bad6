import { readFile, writeFile } from "node:fs/promises";
import type { LocalInput } from "@clew/plugin-sdk";
import { expect, test } from "vitest";
import { modelFrom } from "../../tabular/test/in-process.ts";
import { NET_SIGNATURE } from "./signatures.ts";

interface Lie {
  readonly name: string;
  readonly file?: string;
  readonly change?: (content: Buffer) => string | Uint8Array;
  readonly signature?: LocalInput["signature"];
  /** Which the refusal holds. */
  readonly words: string;
}

/** Models whose files are not what they say. */
export const LIES: readonly Lie[] = [
  {
    name: "weights that are cut short",
    file: "weights.bin",
    change: (bytes) => bytes.subarray(0, bytes.length / 2),
    words: "model.json cannot be read",
  },
  { name: "no weights", file: "weights.bin", change: () => "", words: "model.json cannot be read" },
  {
    name: "a net without layers",
    file: "model.json",
    change: () => '{"modelTopology": {}, "weightsManifest": []}',
    words: "model.json cannot be read",
  },
  {
    name: "a pipeline that is no JSON",
    file: "pipeline.json",
    change: () => "no",
    words: "pipeline.json cannot be read",
  },
  {
    name: "features that the net does not read",
    file: "pipeline.json",
    change: (text) => text.toString("utf8").replace('"C"', '"C", "D"'),
    words: "numbers, its features are",
  },
];

const [first] = NET_SIGNATURE.inputs;
/** Models whose signature is not that of their files. */
export const LYING_SIGNATURES: readonly Lie[] = [
  {
    name: "a signature without an input",
    signature: { ...NET_SIGNATURE, inputs: NET_SIGNATURE.inputs.slice(1) },
    words: "port",
  },
  {
    name: "a signature with an input of its own",
    signature: { ...NET_SIGNATURE, inputs: [...NET_SIGNATURE.inputs, { name: "gate", type: "BIGINT" }] },
    words: "gate",
  },
  {
    name: "a signature with another answer",
    signature: { ...NET_SIGNATURE, outputs: [...NET_SIGNATURE.outputs, first!] },
    words: "signature",
  },
];

/** A test for each: the model is refused as bad input, in words that say what is wrong. @param dir of an honest model */
export function testLies(lies: readonly Lie[], dir: string, run: (model: LocalInput) => Promise<unknown>): void {
  test.each(lies.map((lie) => [lie.name, lie] as const))("a model that lies is refused: %s", async (_, lie) => {
    const model = await modelFrom(dir, lie.signature ?? NET_SIGNATURE);
    const path = model.path(lie.file ?? "pipeline.json");
    const before = await readFile(path);
    const after = lie.change?.(before) ?? before;
    if (lie.change !== undefined) expect(Buffer.from(after).equals(before)).toBe(false);
    await writeFile(path, after);
    const failure = await run(model).catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: "BAD_INPUT", message: expect.stringContaining(lie.words) as string });
  });
}
