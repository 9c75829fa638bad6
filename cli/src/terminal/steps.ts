import { duration } from "./format.ts";
import type { Io } from "./io.ts";
import { shorten } from "./text.ts";

/** One line of work in progress. Its first end counts: what comes after it is not shown. */
export interface Step {
  /** What it does just now. */
  update(detail: string): void;
  done(result?: string): void;
  failed(reason: string): void;
}

/** Tells a person what goes on: one line a step. */
export interface StepLog {
  step(title: string): Step;
  print(...lines: string[]): void;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 80;
/** ECMA-48 EL: erase to the end of the line. */
const ERASE_REST = "\u001b[K";
const CLEAR_LINE = `\r${ERASE_REST}`;

/** Steps with a spinner on a terminal; elsewhere a line when a step ends, and some on the way if it takes a while. */
export function stepLog(io: Io): StepLog {
  return {
    step: (title) => (io.terminal === null ? plainStep(io, title) : new SpinningStep(io, io.terminal, title)),
    print: (...lines) => {
      // A spinner's line must not begin a line of text.
      if (lines.length > 0) io.terminal?.write(CLEAR_LINE);
      for (const line of lines) io.out(line);
    },
  };
}

/** After so long a step that has not ended says that it has begun, and then what it does, at most so often. */
const SLOW_MS = 2_000;
const TELL_MS = 15_000;

function plainStep(io: Io, title: string): Step {
  const startedAt = Date.now();
  let detail = "";
  let told = "";
  const tell = () => {
    if (detail !== told) io.out(`… ${title}: ${detail}`);
    told = detail;
  };
  let hasEnded = false;
  let ticking: NodeJS.Timeout | undefined;
  const slow = setTimeout(() => {
    told = detail;
    io.out(`… ${title}${detail === "" ? "" : `: ${detail}`}`);
    ticking = setInterval(tell, TELL_MS);
  }, SLOW_MS);
  const end = (mark: string, text: string) => {
    if (hasEnded) return;
    hasEnded = true;
    clearTimeout(slow);
    clearInterval(ticking);
    io.out(endLine(mark, title, text, startedAt));
  };
  return {
    update: (text) => {
      detail = text;
    },
    done: (result = "") => end(io.paint("green", "✓"), result),
    failed: (reason) => end(io.paint("red", "✗"), reason),
  };
}

class SpinningStep implements Step {
  readonly #io: Io;
  readonly #terminal: NodeJS.WriteStream;
  readonly #title: string;
  readonly #startedAt = Date.now();
  readonly #timer: NodeJS.Timeout;
  #frame = 0;
  #detail = "";
  #hasEnded = false;

  constructor(io: Io, terminal: NodeJS.WriteStream, title: string) {
    this.#io = io;
    this.#terminal = terminal;
    this.#title = title;
    this.#timer = setInterval(() => this.#draw(), FRAME_MS);
    this.#draw();
  }

  update(detail: string): void {
    this.#detail = detail;
  }

  done(result = ""): void {
    this.#end(this.#io.paint("green", "✓"), result);
  }

  failed(reason: string): void {
    this.#end(this.#io.paint("red", "✗"), reason);
  }

  #draw(): void {
    const frame = FRAMES[this.#frame++ % FRAMES.length];
    const text = this.#detail === "" ? this.#title : `${this.#title}: ${this.#detail}`;
    this.#rewrite(`${frame} ${shorten(text, (this.#terminal.columns || 80) - 3)}`);
  }

  #end(mark: string, text: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearInterval(this.#timer);
    this.#rewrite("");
    this.#io.out(endLine(mark, this.#title, text, this.#startedAt));
  }

  #rewrite(text: string): void {
    this.#terminal.write(`\r${text}${ERASE_REST}`);
  }
}

function endLine(mark: string, title: string, text: string, startedAt: number): string {
  const took = Date.now() - startedAt;
  return `${mark} ${title}${text === "" ? "" : `: ${text}`}${took < 500 ? "" : ` (${duration(took)})`}`;
}
