import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { aFolder } from "../test/validated.ts";
import { splitCsv } from "./split-csv.ts";

/** The sound lines after the header, and the others as `line: text (fault)`. */
async function split(content: string | Uint8Array, name = "a.csv") {
  const dir = await aFolder();
  const broken: string[] = [];
  await writeFile(join(dir, name), content);
  await splitCsv([join(dir, name)], { delimiter: ",", columns: ["a", "b"] }, join(dir, "sound.csv"), async (line) => {
    broken.push(
      `${line.line}: ${line.text} (${line.error_type}${line.column_name === null ? "" : ` ${line.column_name}`})`,
    );
  });
  const [, ...sound] = (await readFile(join(dir, "sound.csv"), "utf8")).split("\n").slice(0, -1);
  return { sound, broken };
}

test("sound lines stay as they are, quoted or not, with line ends and quotes in them", async () => {
  const text = 'a,b\r\n1,"x, y"\r\n\r\n"two\nlines","say ""so"""\n,\n';
  expect(await split(text)).toEqual({ sound: ['1,"x, y"', '"two', 'lines","say ""so"""', ","], broken: [] });
  expect((await split(gzipSync("a,b\n1,2"), "a.csv.gz")).sound).toEqual(["1,2"]);
});

test("a line with another number of values, or quotes that make no sense, is broken; the next is read again", async () => {
  const text = 'a,b\n1\n1,2,3\n1,"q"z\n1,q"z\n3,"never\n4,5\n"6"x,7\n8,9\n';
  expect(await split(text)).toEqual({
    sound: ['1,q"z', "4,5", "8,9"],
    broken: [
      "2: 1 (MISSING COLUMNS)",
      "3: 1,2,3 (TOO MANY COLUMNS)",
      '4: 1,"q"z (UNQUOTED VALUE)',
      '6: 3,"never (UNQUOTED VALUE)',
      '8: "6"x,7 (UNQUOTED VALUE)',
    ],
  });
});

test("a quote that never ends takes its own line only, however long the file is", async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `${index},x`);
  const { sound, broken } = await split(`a,b\n1,"open\n${lines.join("\n")}\n`);
  expect(sound).toEqual(lines);
  expect(broken).toEqual(['2: 1,"open (UNQUOTED VALUE)']);
});

test("bytes that are no UTF-8 break their line, and their column is named", async () => {
  const { sound, broken } = await split(Buffer.from("a,b\n1,caf\xe9\n2,ok\n", "latin1"));
  expect(sound).toEqual(["2,ok"]);
  expect(broken).toEqual(["2: 1,caf\uFFFD (INVALID ENCODING b)"]);
});
