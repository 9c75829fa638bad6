/** The longest line of the job protocol, without its line feed. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

export interface Line {
  text: string;
  /** The line was longer than allowed: `text` is its beginning. */
  isCut: boolean;
}

const LINE_FEED = 10;

/**
 * Splits a byte stream into lines, holding at most `maxBytes` of one; a last line without a line feed counts. Invalid UTF-8
 * becomes U+FFFD, a carriage return before the line feed is dropped.
 */
export async function* readLines(stream: AsyncIterable<Uint8Array>, maxBytes = MAX_LINE_BYTES): AsyncGenerator<Line> {
  const splitter = new LineSplitter(maxBytes);
  for await (const chunk of stream) yield* splitter.push(chunk);
  yield* splitter.end();
}

class LineSplitter {
  readonly #maxBytes: number;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #isCut = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  *push(chunk: Uint8Array): Generator<Line> {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.#hold(chunk.subarray(start, end));
      yield this.#take();
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
  }

  *end(): Generator<Line> {
    if (this.#heldBytes > 0) yield this.#take();
  }

  #hold(bytes: Uint8Array): void {
    const room = this.#maxBytes - this.#heldBytes;
    if (bytes.length > room) this.#isCut = true;
    const kept = bytes.subarray(0, room);
    if (kept.length === 0) return;
    this.#held.push(kept);
    this.#heldBytes += kept.length;
  }

  #take(): Line {
    const text = Buffer.concat(this.#held).toString("utf8").replace(/\r$/, "");
    const line = { text, isCut: this.#isCut };
    this.#held = [];
    this.#heldBytes = 0;
    this.#isCut = false;
    return line;
  }
}
