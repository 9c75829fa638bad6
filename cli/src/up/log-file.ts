import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from "node:fs";
import { dirname } from "node:path";

const MAX_BYTES = 20_000_000;

/** Where a process's lines go. At its opening a file that has grown large steps aside as <name>.1. */
export class LogFile {
  readonly path: string;
  readonly #stream: WriteStream;

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > MAX_BYTES) renameSync(path, `${path}.1`);
    this.#stream = createWriteStream(path, { flags: "a", mode: 0o600 });
  }

  readonly write = (line: string): void => {
    this.#stream.write(`${line}\n`);
  };

  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve));
  }
}
