import { expect, test } from "vitest";
import { csv } from "./csv.ts";

test("fields are quoted where they must be, and lines end as RFC 4180 has it", () => {
  expect(
    csv([
      ["a", 'say "b"', "c,d", "e\nf"],
      [1, -2.5, "", "x"],
    ]),
  ).toBe('a,"say ""b""","c,d","e\nf"\r\n1,-2.5,,x\r\n');
  expect(csv([])).toBe("");
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "|cmd", "%0a"])(
  "what a spreadsheet would execute is text: %j",
  (text) => {
    expect(csv([[text]]).replace(/^"/, "")).toMatch(/^'/);
  },
);
