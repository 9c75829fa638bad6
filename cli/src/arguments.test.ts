import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseInteger, parseOutput, parsePair, parseTime, readParameters } from "./arguments.ts";
import { UsageError } from "./errors.ts";

describe("parsePair", () => {
  it("splits at the first equals sign", () => {
    expect(parsePair("sql=a = b")).toEqual({ name: "sql", value: "a = b" });
  });

  it.each(["noequals", "=value", "name="])("refuses %s", (text) => {
    expect(() => parsePair(text)).toThrow(InvalidArgumentError);
  });

  it("wants an asset's key, not a version's, for an output", () => {
    expect(parseOutput("model=flights/arrival-delay").value).toBe("flights/arrival-delay");
    expect(() => parseOutput("model=flights/arrival-delay@3")).toThrow(InvalidArgumentError);
    expect(() => parseOutput("model=arrival-delay")).toThrow(InvalidArgumentError);
  });
});

describe("parseInteger", () => {
  it.each(["0", "33", "1.5", "x", "-1", "1e1"])("refuses %s for 1 to 32", (text) => {
    expect(() => parseInteger(1, 32)(text)).toThrow("1 to 32");
  });

  it("takes the bounds themselves", () => {
    expect([parseInteger(1, 32)("1"), parseInteger(1, 32)("32")]).toEqual([1, 32]);
  });
});

describe("parseTime", () => {
  it("takes a day as its first moment in UTC", () => {
    expect(parseTime("2026-01-31")).toBe("2026-01-31T00:00:00.000Z");
    expect(parseTime("2026-01-31T12:00:00+02:00")).toBe("2026-01-31T10:00:00.000Z");
  });

  it.each(["yesterday", "2026-13-01", "5"])("refuses %s", (text) => {
    expect(() => parseTime(text)).toThrow(InvalidArgumentError);
  });
});

describe("readParameters", () => {
  it("lets single parameters win, and takes what is no JSON as text", () => {
    const file = aFile('{"epochs": 5, "sql": "x"}');
    const single = ["epochs=7", "hidden=[1,2]", "target=delayed", "flag=true"].map(parsePair);
    expect(readParameters(file, single)).toEqual({
      epochs: 7,
      sql: "x",
      hidden: [1, 2],
      target: "delayed",
      flag: true,
    });
  });

  it("lets a dot lead into a parameter, and keeps what else is in it", () => {
    const file = aFile('{"network": {"maxEpochs": 5, "l2": 0.1}, "split": 1}');
    const single = ["network.maxEpochs=7", "trees.maxDepth=2", "split.by=time"].map(parsePair);
    expect(readParameters(file, single)).toEqual({
      network: { maxEpochs: 7, l2: 0.1 },
      trees: { maxDepth: 2 },
      split: { by: "time" },
    });
  });

  it.each([
    ["[1]", "one JSON object"],
    ["{", "JSON"],
  ])("refuses a file with %s", (text, why) => {
    expect(() => readParameters(aFile(text), [])).toThrow(UsageError);
    expect(() => readParameters(aFile(text), [])).toThrow(why);
  });

  it("refuses a file that is not there", () => {
    expect(() => readParameters("/no/such/file.json", [])).toThrow(UsageError);
  });
});

function aFile(text: string): string {
  const dir = mkdtempSync(join(tmpdir(), "clew-arguments-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, "parameters.json"), text);
  return join(dir, "parameters.json");
}
