import { plainBytes } from "@clew/plugin-tabular";

/** Lines without their ends, one byte a character, many at a time; null after the last. */
export async function* linesOf(file: string): AsyncGenerator<string[] | null> {
  let rest = "";
  for await (const chunk of plainBytes(file, 1 << 20) as AsyncIterable<Buffer>) {
    const lines = (rest + chunk.toString("latin1")).split("\n");
    rest = lines.pop()!;
    yield lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  }
  if (rest !== "") yield [rest];
  yield null;
}
