import { expect, test } from "vitest";
import { z } from "zod";
import { aVersion } from "../../test/a-version.ts";
import { TRAINING_FIELDS } from "./parameters.ts";
import { readTrainingInputs } from "./read-inputs.ts";

const Parameters = z.strictObject(TRAINING_FIELDS);
const ROWS = "delay,load,gates\n3,1,4\n0,2,4\n";

async function warnings(sql: string): Promise<string[]> {
  const warned: string[] = [];
  const features = ["innocent", "load"].map((column) => ({ name: column, column, kind: "numeric" }));
  await readTrainingInputs({
    inputs: { data: [await aVersion("tests/data@1", { "rows.csv": ROWS })], join: [] },
    parameters: Parameters.parse({ sql, target: "late", features }),
    log: { warn: (message) => void warned.push(message) },
  });
  return warned;
}

test("a label that leaks by another name, which nobody has forbidden, is warned of", async () => {
  const leaky = await warnings("SELECT delay > 0 AS late, 2 * delay AS innocent, load FROM data");
  expect(leaky).toEqual(["features: innocent comes from delay, as the target late does; is it known before?"]);
  expect(await warnings("SELECT delay > 0 AS late, gates AS innocent, load FROM data")).toEqual([]);
});
