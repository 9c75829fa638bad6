import type { ParameterFault } from "./parameter-fault.ts";

/** A fault, and where in values and schema it was found. */
export interface FoundFault {
  readonly fault: ParameterFault;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly keyword: string;
  /** The values that would do, where the schema lists them. */
  readonly allowed: readonly unknown[] | null;
}

/**
 * What to say of a value that fits no branch of a union: what is wrong with the branch that was meant, where a name such as `kind` tells
 * which; else which names, or which values, there are.
 * @param union the fault of the union itself; the rest are those of its branches.
 */
export function tellUnion(union: FoundFault, found: readonly FoundFault[]): FoundFault[] {
  const branches = [...Map.groupBy(found, (one) => branchOf(union, one)).values()];
  const meant = branches.filter((branch) => !branch.some((one) => isAtTag(union, one)));
  const [first] = meant;
  if (first !== undefined && meant.length === 1) return first;
  if (meant.length === 0) return [oneOfTheTags(union, found)];
  const shared = (meant[0] ?? []).filter((one) => meant.every((branch) => branch.some((other) => isSame(one, other))));
  return shared.length > 0 ? shared : [union];
}

function isSame({ fault: one }: FoundFault, { fault: other }: FoundFault): boolean {
  return one.message === other.message && one.path.join("/") === other.path.join("/");
}

function branchOf(union: FoundFault, { schemaPath }: FoundFault): string {
  return schemaPath.slice(union.schemaPath.length + 1).split("/")[0] ?? "";
}

/** Whether this is about the value as a whole, or about a field of it that must have a certain value. */
function isAtTag(union: FoundFault, { keyword, instancePath }: FoundFault): boolean {
  const isWhole = instancePath === union.instancePath && keyword !== "required" && !keyword.endsWith("Properties");
  return (
    isWhole || (keyword === "const" && instancePath.split("/").length === union.instancePath.split("/").length + 1)
  );
}

function oneOfTheTags(union: FoundFault, found: readonly FoundFault[]): FoundFault {
  const tags = found.filter((one) => isAtTag(union, one));
  const [first = union] = tags;
  const isOneField = tags.every(({ instancePath }) => instancePath === first.instancePath);
  if (!isOneField) return union;
  const allowed = tags.flatMap((one) => one.allowed ?? []);
  const others = tags.filter((one) => one.allowed === null).map(({ fault }) => fault.message.replace(/^must be /, ""));
  const values =
    allowed.length > 1 ? [`one of ${JSON.stringify(allowed)}`] : allowed.map((value) => JSON.stringify(value));
  return {
    ...first,
    allowed: null,
    fault: { path: first.fault.path, message: `must be ${[...new Set([...values, ...others])].join(", or ")}` },
  };
}
