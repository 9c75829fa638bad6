import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";

function logged(secrets: readonly string[], log: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  log(createLogger("info", secrets, { write: (line) => void lines.push(line) }));
  return lines.join("");
}

test("a secret is masked wherever it stands in a line, also where JSON escapes it", () => {
  const text = logged(["hunter22", 'quo"te\nd'], (logger) => {
    logger.info({ err: new Error("said hunter22"), nested: { value: "hunter22" } }, 'it is quo"te\nd');
  });
  expect(text).not.toContain("hunter22");
  expect(text).not.toContain("quo");
  expect(text).toContain("it is ***");
});

test("a value of less than four characters is left", () => {
  expect(logged(["in"], (logger) => logger.info("begins"))).toContain("begins");
});
