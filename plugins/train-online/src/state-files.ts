import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalInput } from "@clew/plugin-sdk";
import { guard } from "@clew/plugin-tabular";
import { z } from "zod";
import type { Learnt } from "./adam.ts";
import type { OnlineLayer, OnlineState } from "./online-net.ts";

const STATE_FILE = "online.json";
const NUMBERS_FILE = "online.bin";

const Size = z.number().int().positive();

/** `online.json`: what `online.bin` holds: of each layer the kernel, then the bias, each as values, mean and square of Adam, in 32 bits. */
const StateFile = z.strictObject({
  format: z.literal("clew-online/1"),
  steps: z.number().int().nonnegative(),
  rows: z.number().int().nonnegative(),
  members: z.array(z.array(z.strictObject({ inputs: Size, units: Size })).min(1)).min(1),
});

export async function saveState(dir: string, { steps, rows, members }: OnlineState): Promise<void> {
  const shapes = members.map((layers) => layers.map(({ inputs, units }) => ({ inputs, units })));
  const file = StateFile.parse({ format: "clew-online/1", steps, rows, members: shapes });
  await writeFile(join(dir, STATE_FILE), `${JSON.stringify(file, null, 1)}\n`);
  const numbers = members.flat().flatMap(({ kernel, bias }) => [kernel, bias].flatMap(listsOf));
  await writeFile(join(dir, NUMBERS_FILE), Buffer.concat(numbers.map(bytesOf)));
}

/** What an earlier run of this plugin left; undefined where there was none. @throws {PluginFailure} BAD_INPUT where it is broken. */
export async function loadState(model: LocalInput): Promise<OnlineState | undefined> {
  if (!model.files.some(({ path }) => path === STATE_FILE)) return undefined;
  return await guard(STATE_FILE, async () => {
    const { steps, rows, members } = StateFile.parse(JSON.parse(await readFile(model.path(STATE_FILE), "utf8")));
    const bytes = Uint8Array.from(await readFile(model.path(NUMBERS_FILE)));
    const take = takerOf(new Float32Array(bytes.buffer));
    const layerOf = ({ inputs, units }: { inputs: number; units: number }): OnlineLayer => {
      return { inputs, units, kernel: take.learnt(inputs * units), bias: take.learnt(units) };
    };
    const state = { steps, rows, members: members.map((layers) => layers.map(layerOf)) };
    if (!take.isAtEnd()) throw new Error(`${NUMBERS_FILE} is not as long as it says`);
    return state;
  });
}

function listsOf({ values, mean, square }: Learnt): Float32Array[] {
  return [values, mean, square];
}

function bytesOf(list: Float32Array): Uint8Array {
  return new Uint8Array(list.buffer, list.byteOffset, list.byteLength);
}

function takerOf(numbers: Float32Array) {
  let at = 0;
  const list = (length: number) => {
    if (at + length > numbers.length) throw new Error(`${NUMBERS_FILE} is not as long as it says`);
    at += length;
    return numbers.slice(at - length, at);
  };
  const learnt = (length: number): Learnt => ({ values: list(length), mean: list(length), square: list(length) });
  return { learnt, isAtEnd: () => at === numbers.length };
}
