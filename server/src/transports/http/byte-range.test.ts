import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesTag, parseRange } from "./byte-range.ts";

describe("header Range", () => {
  it.each([
    ["bytes=0-499", { start: 0, end: 499 }],
    ["bytes=500-999", { start: 500, end: 999 }],
    ["bytes=-500", { start: 9500, end: 9999 }],
    ["bytes=9500-", { start: 9500, end: 9999 }],
    ["bytes=0-0", { start: 0, end: 0 }],
    ["bytes=9999-20000", { start: 9999, end: 9999 }],
    ["bytes=-20000", { start: 0, end: 9999 }],
    ["Bytes=0-0", { start: 0, end: 0 }],
    ["bytes=10000-", "unsatisfiable"],
    ["bytes=10000-10001", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=5-4", "whole"],
    ["bytes=0-0,-1", "whole"],
    ["bytes=-", "whole"],
    ["bytes=a-b", "whole"],
    ["bytes=1e3-", "whole"],
    ["bytes=0-99999999999999999999", "whole"],
    ["items=0-1", "whole"],
    ["", "whole"],
    [undefined, "whole"],
  ])("%s of 10,000 bytes, as RFC 9110 section 14.1.2", (header, wanted) => {
    expect(parseRange(header, 10_000)).toEqual(wanted);
  });

  it("no range of an empty file can be satisfied", () => {
    for (const header of ["bytes=0-", "bytes=0-0", "bytes=-1"]) expect(parseRange(header, 0)).toBe("unsatisfiable");
  });

  it("a range that is given lies in the file", () => {
    fc.assert(
      fc.property(fc.option(fc.nat(2000)), fc.option(fc.nat(2000)), fc.nat(1000), (first, last, size) => {
        const range = parseRange(`bytes=${first ?? ""}-${last ?? ""}`, size);
        if (typeof range === "string") return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.start).toBeLessThanOrEqual(range.end);
        expect(range.end).toBeLessThan(size);
      }),
    );
  });
});

it("If-None-Match names a tag in a list, weak or strong, or any", () => {
  expect(matchesTag('"a"', '"a"')).toBe(true);
  expect(matchesTag('"b", W/"a"', '"a"')).toBe(true);
  expect(matchesTag("*", '"a"')).toBe(true);
  expect(matchesTag('"b"', '"a"')).toBe(false);
  expect(matchesTag(undefined, '"a"')).toBe(false);
});
