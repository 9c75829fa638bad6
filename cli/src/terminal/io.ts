import { type Paint, paintFor } from "./paint.ts";

/** Where a command writes. */
export interface Io {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly paint: Paint;
  /** The stream for progress that is redrawn in place; null where standard error is no terminal. */
  readonly terminal: NodeJS.WriteStream | null;
}

export function processIo(): Io {
  const { stdout, stderr } = process;
  // Who read the output has seen enough, as `head` does.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  return {
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void stderr.write(`${line}\n`),
    paint: paintFor(stdout),
    terminal: stderr.isTTY && !process.env["CI"] ? stderr : null,
  };
}

export function printLines(io: Io, lines: readonly string[]): void {
  for (const line of lines) io.out(line);
}

export function printJson(io: Io, value: unknown): void {
  io.out(JSON.stringify(value, null, 2));
}
