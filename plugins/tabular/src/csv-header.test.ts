import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { aVersion } from "../test/a-version.ts";
import { readCsvHeader } from "./csv-header.ts";

const aFile = async (name: string, content: string | Uint8Array) => {
  return (await aVersion("tests/t@1", { [name]: content })).path(name);
};

test.each<[string, string | Uint8Array, string, string[]]>([
  ["a.csv", "a,b\n1,2\n", ",", ["a", "b"]],
  ["semicolons.csv", "a;b;c,d\r\n1;2;3\r\n", ";", ["a", "b", "c,d"]],
  ["tabs.tsv", "a\tb", "\t", ["a", "b"]],
  ["quoted.csv", '"a ""b"", c","d\ne",f\n', ",", ['a "b", c', "d\ne", "f"]],
  ["bom.csv", "\uFEFFa,b\n", ",", ["a", "b"]],
  ["zipped.csv.gz", gzipSync("a,b\n1,2\n"), ",", ["a", "b"]],
  ["names.csv", "a,,A,a\n", ",", ["a", "column1", "A_1", "a_2"]],
])("%s", async (name, content, delimiter, columns) => {
  const file = await aFile(name, content);
  expect(await readCsvHeader(file)).toEqual({ delimiter, columns });
});

test("a file without a line has no header", async () => {
  const file = await aFile("empty.csv", "\n");
  expect(await readCsvHeader(file)).toBeNull();
});

test("UTF-16 is refused, by name", async () => {
  const file = await aFile("wide.csv", Buffer.from("\uFEFFa,b\n1,2\n", "utf16le"));
  await expect(readCsvHeader(file)).rejects.toThrow("wide.csv is no text in UTF-8");
});
