import { readFile } from "node:fs/promises";
import type { InputDeclarations, OutputDeclarations, Plugin } from "@clew/plugin-sdk";
import type { z } from "zod";
import { aVersion } from "./a-version.ts";
import { ALL_NULL, FAULTS, MIXED, ONE_ROW, refused, testFaults } from "./faults.ts";
import { ranHere } from "./in-process.ts";

/** Tries a trainer on the faults of files. @param fixture its conformance folder, which has a job and the table `ports` */
export function testTrainerFaults<P extends z.ZodObject, I extends InputDeclarations, O extends OutputDeclarations>(
  plugin: Plugin<P, I, O>,
  fixture: URL,
): void {
  testFaults(
    [
      ...FAULTS,
      MIXED,
      refused(ONE_ROW, "BAD_INPUT", "the training part has no rows"),
      refused(ALL_NULL, "BAD_INPUT", "column load has no value in the training part"),
    ],
    async (files) => {
      const { parameters } = JSON.parse(await readFile(new URL("job.json", fixture), "utf8")) as { parameters: object };
      const ports = { "ports.csv": await readFile(new URL("ports/ports.csv", fixture)) };
      const inputs = { data: [await aVersion("tests/data@1", files)], join: [await aVersion("tests/join-0@1", ports)] };
      return await ranHere(plugin, { ...parameters }, inputs);
    },
  );
}
