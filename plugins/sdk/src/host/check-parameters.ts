import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";

export interface ParameterFault {
  /** Where in the parameters; empty for the parameters as a whole. */
  path: string[];
  message: string;
}

/**
 * Checks parameters against a manifest's JSON Schema (2020-12) and fills its defaults into `values`. Every fault is listed; an
 * empty list means that they fit. `format` is an annotation only.
 * @throws {Error} where the schema itself is not valid.
 */
export function checkParameters(schema: object, values: Record<string, unknown>): ParameterFault[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false, useDefaults: true, validateFormats: false, logger: false });
  const validate = ajv.compile(schema);
  return validate(values) ? [] : (validate.errors ?? []).map(faultOf);
}

function faultOf(error: ErrorObject): ParameterFault {
  const path = error.instancePath.split("/").slice(1).map(unescapePointer);
  const params = error.params as Record<string, unknown>;
  if (error.keyword === "additionalProperties" || error.keyword === "unevaluatedProperties") {
    const name = String(params["additionalProperty"] ?? params["unevaluatedProperty"]);
    return { path: [...path, name], message: "is no parameter of this plugin" };
  }
  if (error.keyword === "required")
    return { path: [...path, String(params["missingProperty"])], message: "is required" };
  if (error.keyword === "enum") return { path, message: `must be one of ${JSON.stringify(params["allowedValues"])}` };
  return { path, message: error.message ?? `breaks ${error.keyword}` };
}

/** RFC 6901. */
function unescapePointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The faults in one line, for messages. */
export function describeFaults(faults: readonly ParameterFault[]): string {
  return faults.map(({ path, message }) => `${path.join(".") || "parameters"} ${message}`).join("; ");
}
