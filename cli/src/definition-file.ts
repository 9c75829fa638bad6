import { readFileSync } from "node:fs";
import type { Json } from "@clew/schema";
import { parse as parseYaml } from "yaml";
import { UsageError } from "./errors.ts";

/** A definition as YAML or JSON. @throws {UsageError} where the file is not there, or is no YAML. */
export function readDefinition(file: string): Json {
  try {
    return parseYaml(readFileSync(file, "utf8"), { strict: true }) as Json;
  } catch (error) {
    throw new UsageError(`${file} cannot be used as a definition: ${(error as Error).message}`, { cause: error });
  }
}
