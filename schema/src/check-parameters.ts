import { createRequire } from "node:module";
import type { Ajv2020, ErrorObject, Options } from "ajv/dist/2020.js";
import type { ParameterFault } from "./parameter-fault.ts";
import { type FoundFault, tellUnion } from "./union-faults.ts";

const OPTIONS = {
  allErrors: true,
  verbose: true,
  strict: false,
  useDefaults: true,
  validateFormats: false,
  logger: false,
} as const;

/**
 * Checks parameters against a manifest's JSON Schema (2020-12) and fills its defaults into `values`. Every fault is listed; an
 * empty list means that they fit. `format` is an annotation only. The schema is one that `requireParameterSchema` has taken: to look
 * at that again would take twenty times as long.
 */
export function checkParameters(schema: object, values: Record<string, unknown>): ParameterFault[] {
  const validate = newAjv({ ...OPTIONS, validateSchema: false }).compile(schema);
  return validate(values) ? [] : tellUnions(validate.errors ?? []).map(({ fault }) => fault);
}

/** @throws {Error} where this is no JSON Schema (2020-12) on its own. */
export function requireParameterSchema(schema: object): void {
  newAjv(OPTIONS).compile(schema);
}

/** Loaded when it is first needed: the process of a job, which reads this package as well, never needs it. */
function newAjv(options: Options): Ajv2020 {
  const ajv = createRequire(import.meta.url)("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
  return new ajv.Ajv2020(options);
}

/** The library says of a union what is wrong with each of its branches, and then that none fits. */
function tellUnions(errors: readonly ErrorObject[]): FoundFault[] {
  return errors.reduce<FoundFault[]>((found, error) => {
    if (error.keyword !== "oneOf" && error.keyword !== "anyOf") return [...found, foundOf(error)];
    const isWithin = (one: FoundFault) => one.schemaPath.startsWith(`${error.schemaPath}/`) && isUnder(error, one);
    return [...found.filter((one) => !isWithin(one)), ...tellUnion(foundOf(error), found.filter(isWithin))];
  }, []);
}

function isUnder({ instancePath }: ErrorObject, one: FoundFault): boolean {
  return `${one.instancePath}/`.startsWith(`${instancePath}/`);
}

function foundOf(error: ErrorObject): FoundFault {
  const { keyword, schemaPath, instancePath } = error;
  const allowed = allowedBy(error);
  return { fault: faultOf(error), schemaPath, instancePath, keyword, allowed };
}

function allowedBy({ keyword, params }: ErrorObject): readonly unknown[] | null {
  if (keyword === "const") return [(params as { allowedValue: unknown }).allowedValue];
  return keyword === "enum" ? (params as { allowedValues: unknown[] }).allowedValues : null;
}

function faultOf(error: ErrorObject): ParameterFault {
  const path = error.instancePath.split("/").slice(1).map(unescapePointer);
  const params = error.params as Record<string, unknown>;
  if (error.keyword === "additionalProperties" || error.keyword === "unevaluatedProperties") {
    const name = String(params["additionalProperty"] ?? params["unevaluatedProperty"]);
    return { path: [...path, name], message: `is no parameter here${whatThereIs(error)}` };
  }
  if (error.keyword === "required")
    return { path: [...path, String(params["missingProperty"])], message: "is required" };
  if (error.keyword === "enum") return { path, message: `must be one of ${JSON.stringify(params["allowedValues"])}` };
  if (error.keyword === "const") return { path, message: `must be ${JSON.stringify(params["allowedValue"])}` };
  if (error.keyword === "pattern" && "format" in (error.parentSchema ?? {}))
    return { path, message: `must be a ${error.parentSchema!["format"]}` };
  return { path, message: error.message ?? `breaks ${error.keyword}` };
}

function whatThereIs({ parentSchema }: ErrorObject): string {
  const names = Object.keys((parentSchema?.["properties"] as object | undefined) ?? {});
  return names.length === 0 ? "" : ` (there are: ${names.join(", ")})`;
}

/** RFC 6901. */
function unescapePointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The faults in one line, for messages. */
export function describeFaults(faults: readonly ParameterFault[]): string {
  return faults.map(({ path, message }) => `${path.join(".") || "parameters"} ${message}`).join("; ");
}
