import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { facts, table } from "./columns.ts";
import { bar, bytes, count, duration, metric, plural, progress, shortDigest, time } from "./format.ts";
import type { Io } from "./io.ts";
import { type Paint, paintFor, plain } from "./paint.ts";
import { stepLog } from "./steps.ts";
import { clean, shorten, widthOf, wrap } from "./text.ts";

const marked: Paint = (style, text) => `<${style}>${text}`;

describe("table", () => {
  it("aligns columns to their widest cell, without spaces at the end of a line", () => {
    const lines = table(
      [{ title: "name" }, { title: "rows", align: "right" }, { title: "" }],
      [
        ["a", "1,234", ""],
        ["longer", "5", "x"],
      ],
      plain,
    );
    expect(lines).toEqual(["name     rows", "a       1,234", "longer      5  x"]);
  });

  it("does not count colours, and counts wide characters twice", () => {
    const lines = table(
      [{ title: "k" }, { title: "v" }],
      [
        ["\u001b[31mab\u001b[39m", "1"],
        ["日本", "2"],
      ],
      plain,
    );
    expect(lines[1]).toBe("\u001b[31mab\u001b[39m    1");
    expect(lines[2]).toBe("日本  2");
  });
});

describe("facts", () => {
  it("leaves out what is null", () => {
    expect(
      facts(
        [
          ["id", "x"],
          ["source", null],
          ["digest", "y"],
        ],
        marked,
      ),
    ).toEqual(["<dim>id      x", "<dim>digest  y"]);
  });
});

describe("text", () => {
  it("takes escape sequences and control characters out of what others wrote", () => {
    expect(clean("a\u001b[2Jb\nc\u0007d\u009be")).toBe("ab c d e");
  });

  it("shortens by characters that a person sees", () => {
    expect(shorten("👩‍👩‍👧abc", 3)).toBe("👩‍👩‍👧a…");
    expect(shorten("abc", 3)).toBe("abc");
    expect(widthOf("👍a")).toBe(3);
  });

  it("wraps words and never cuts one", () => {
    expect(wrap(["aa", "bb", "cccccccc", "d"], 7)).toEqual(["aa, bb,", "cccccccc,", "d"]);
    expect(wrap([], 7)).toEqual([]);
  });
});

describe("format", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [612_911, "613 kB"],
    [99_960, "100 kB"],
    [1.5e12, "1.5 TB"],
  ])("writes %d bytes as %s", (value, text) => expect(bytes(value)).toBe(text));

  it.each<[number | string, string]>([
    [27_004, "27,004"],
    [0.712_345, "0.7123"],
    [1347.209, "1347"],
    [0.000_001_5, "1.500e-6"],
    ["NaN", "NaN"],
    ["-Infinity", "-Infinity"],
  ])("writes the metric %s as %s", (value, text) => expect(metric(value)).toBe(text));

  it.each([
    [250, "250 ms"],
    [3210, "3.2 s"],
    [245_000, "4 min 05 s"],
    [7_380_000, "2 h 03 min"],
  ])("writes %d ms as %s", (ms, text) => expect(duration(ms)).toBe(text));

  it("draws bars to an eighth of a cell", () => {
    expect(bar(0.5, 4)).toBe("██");
    expect(bar(1, 4)).toBe("████");
    expect(bar(2, 4)).toBe("████");
    expect(bar(1 / 32, 4)).toBe("▏");
    expect(bar(7 / 32, 4)).toBe("▉");
    expect(bar(Number.NaN, 4)).toBe("");
  });

  it("draws how far something has come", () => {
    expect(progress(1.2e9, 2.4e9)).toBe("████████         50 %, 1.2 GB of 2.4 GB");
    expect(progress(3e9, 2.4e9)).toBe("3.0 GB");
    expect(progress(0, 0)).toBe("                 0 %, 0 B of 0 B");
  });

  it("names counts, digests and times", () => {
    expect([plural(1, "row"), plural(1234, "row"), count(5)]).toEqual(["1 row", "1,234 rows", "5"]);
    expect(shortDigest(`sha256:${"ab".repeat(32)}`)).toBe("abababababab");
    expect([time("2026-01-31T12:00:00.123Z"), time(null)]).toEqual(["2026-01-31 12:00:00Z", ""]);
  });
});

describe("paintFor", () => {
  it("writes no colours where the stream is no terminal", () => {
    const stream = new PassThrough() as unknown as NodeJS.WriteStream;
    expect(paintFor(stream)("red", "text")).toBe("text");
  });
});

describe("steps without a terminal", () => {
  it("writes a line when a step ends, and only for its first end", () => {
    const { io, lines } = capture();
    const step = stepLog(io).step("publish");
    step.update("sending");
    step.done("flights@1");
    step.failed("too late");
    expect(lines).toEqual(["✓ publish: flights@1"]);
  });

  it("says of a slow step that it has begun, and how long it took", async () => {
    const { io, lines } = capture();
    const step = stepLog(io).step("train");
    step.update("queued");
    await delay(2_100);
    step.failed("FAILED");
    expect(lines[0]).toBe("… train: queued");
    expect(lines[1]).toMatch(/^✗ train: FAILED \(2\.\d s\)$/);
  });
});

describe("steps on a terminal", () => {
  it("redraw one line in its width, and leave one line behind", () => {
    const drawn: string[] = [];
    const terminal = Object.assign(new PassThrough(), { columns: 20 }) as unknown as NodeJS.WriteStream;
    terminal.on("data", (chunk: Buffer) => drawn.push(chunk.toString()));
    const { io, lines } = capture(terminal);
    const step = stepLog(io).step("a title that is longer than the terminal");
    step.done("ok");
    const spinner = drawn.join("").split("\u001b[K").at(0)?.replace("\r", "") ?? "";
    expect(widthOf(spinner)).toBeLessThanOrEqual(20);
    expect(drawn.at(-1)).toBe("\r\u001b[K");
    expect(lines).toEqual(["✓ a title that is longer than the terminal: ok"]);
  });
});

function capture(terminal: Io["terminal"] = null): { io: Io; lines: string[] } {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  return { lines, io: { out: write, err: write, paint: plain, terminal } };
}
