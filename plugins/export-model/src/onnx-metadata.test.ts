import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readMetadata, withMetadata } from "./onnx-metadata.ts";

const MODEL = readFileSync(new URL("../../serve-models/test/onnx/sklearn/model.onnx", import.meta.url));
const ENTRIES = new Map([
  ["clew.model_version", "ModelVersion:1"],
  ["clew.note", "ü".repeat(300)],
]);

test("entries are added, and everything else stays as it was", () => {
  const exported = withMetadata(MODEL, ENTRIES);
  expect(readMetadata(exported)).toEqual(new Map([...readMetadata(MODEL), ...ENTRIES]));
  expect(exported.subarray(0, MODEL.length).equals(MODEL)).toBe(true);
});

test("an export of an export has the last one's entries, each once, and others' stay", () => {
  const others = withMetadata(MODEL, new Map([["author", "ann"]]));
  const again = withMetadata(withMetadata(others, ENTRIES), new Map([["clew.model_version", "ModelVersion:2"]]));
  expect(readMetadata(again)).toEqual(
    new Map([...ENTRIES, ["author", "ann"], ["clew.model_version", "ModelVersion:2"]]),
  );
  expect(again.toString("latin1").match(/clew.model_version/g)).toHaveLength(1);
});

test.each([
  ["text", "no model at all"],
  ["a length beyond the end", "\u000a\u007f\u0000"],
  ["a number without an end", "\u0008\u0080"],
])("what is no protocol buffer is refused: %s", (_, bytes) => {
  expect(() => withMetadata(Buffer.from(bytes, "latin1"), ENTRIES)).toThrow("is no protocol buffer");
});
