import { readFile, writeFile } from "node:fs/promises";
import type { LocalInput } from "@clew/plugin-sdk";
import { expect, test } from "vitest";
import { defineFeatures } from "../src/index.ts";
import { csvOf, type Fault, rows } from "./faults.ts";
import { modelFrom } from "./in-process.ts";

const columns = [{ name: "port", type: "VARCHAR" }];
const TRAINED = defineFeatures({ sql: "SELECT port FROM data", columns });
const OTHER = defineFeatures({ sql: "SELECT upper(port) AS port FROM data", columns });

/**
 * Tests that a model reads rows of the definition that it was trained on, and of no other.
 * @param dir of a model that was trained on rows as `faults.ts` has them
 * @param run does a job by the model on a version with these files
 */
export function testDefinitions(
  dir: string,
  signature: LocalInput["signature"],
  run: (model: LocalInput, files: Fault["files"]) => Promise<unknown>,
): void {
  const asked = async (definition: object | null) => {
    const model = await modelFrom(dir, signature);
    const pipeline = JSON.parse(await readFile(model.path("pipeline.json"), "utf8")) as object;
    await writeFile(model.path("pipeline.json"), JSON.stringify({ ...pipeline, definition: TRAINED }));
    const said = definition === null ? {} : { "features.json": JSON.stringify(definition) };
    return await run(model, { "rows.csv": csvOf(rows(60)), ...said }).catch((error: unknown) => error);
  };

  test("rows that were prepared by another definition than the model's are refused, others read", async () => {
    expect(await asked(TRAINED)).not.toBeInstanceOf(Error);
    expect(await asked(null)).not.toBeInstanceOf(Error);
    const message = expect.stringContaining(`${OTHER.digest}, the model was trained on ${TRAINED.digest}`) as string;
    expect(await asked(OTHER)).toMatchObject({ type: "BAD_INPUT", message });
    const lies = { type: "BAD_INPUT", message: expect.stringContaining("is not what its digest says") as string };
    expect(await asked({ ...TRAINED, sql: OTHER.sql })).toMatchObject(lies);
  }, 30_000);
}
