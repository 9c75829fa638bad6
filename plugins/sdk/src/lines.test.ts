import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Line, readLines } from "./lines.ts";

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === "string" ? Buffer.from(part) : part;
}

async function linesOf(stream: AsyncIterable<Uint8Array>, maxBytes?: number): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of readLines(stream, maxBytes)) lines.push(line);
  return lines;
}

test("lines are the same however the bytes are cut into chunks", async () => {
  const anyLines = fc.array(
    fc.string({ unit: "grapheme" }).filter((text) => !/[\n\r]/.test(text) && text.isWellFormed()),
  );
  await fc.assert(
    fc.asyncProperty(anyLines, fc.integer({ min: 1, max: 7 }), async (texts, size) => {
      const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""));
      const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect((await linesOf(chunks(...parts))).map((line) => line.text)).toEqual(texts);
    }),
  );
});

test("a last line without a line feed counts, a carriage return before one does not", async () => {
  expect((await linesOf(chunks("a\r\nb"))).map((line) => line.text)).toEqual(["a", "b"]);
});

test("of a line that is too long only the beginning is kept, and the next one is whole", async () => {
  const lines = await linesOf(chunks("12345", "6789\nabc\n"), 5);
  expect(lines).toEqual([
    { text: "12345", isCut: true },
    { text: "abc", isCut: false },
  ]);
});

test("a line of exactly the bound is not cut", async () => {
  expect(await linesOf(chunks("12345\n"), 5)).toEqual([{ text: "12345", isCut: false }]);
});
