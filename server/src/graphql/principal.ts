import type { Role } from "@clew/schema";

/** Roles by namespace; "*" stands for every namespace. */
export type Grants = Readonly<Record<string, readonly Role[]>>;

/** Who asks. An attempt's token may report on its run and read that run's inputs, and nothing else. */
export interface Principal {
  readonly agentId: string;
  readonly grants: Grants;
  readonly attempt: {
    readonly runId: string;
    readonly attempt: number;
    readonly runnerId: string;
    /** The run, its inputs, and what a service serves. */
    readonly readable: ReadonlySet<string>;
  } | null;
}

/** What each role includes. RUNNER stands alone: claim and report. */
const INCLUDES: Record<Role, readonly Role[]> = {
  VIEWER: ["VIEWER"],
  CONTRIBUTOR: ["VIEWER", "CONTRIBUTOR"],
  RUNNER: ["RUNNER", "VIEWER"],
  APPROVER: ["VIEWER", "CONTRIBUTOR", "APPROVER"],
  ADMIN: ["VIEWER", "CONTRIBUTOR", "RUNNER", "APPROVER", "ADMIN"],
};

export function can(principal: Principal, role: Role, namespace: string): boolean {
  return [...rolesIn(principal, "*"), ...rolesIn(principal, namespace)].some((one) => INCLUDES[one].includes(role));
}

/** Whether a principal has the role in any namespace at all. */
export function canSomewhere(principal: Principal, role: Role): boolean {
  return Object.keys(principal.grants).some((namespace) => can(principal, role, namespace));
}

/** A namespace may be called what every object has, as "constructor". */
function rolesIn({ grants }: Principal, namespace: string): readonly Role[] {
  return (Object.hasOwn(grants, namespace) && grants[namespace]) || [];
}

/** Null is every one. */
function readable(principal: Principal): readonly string[] | null {
  if (rolesIn(principal, "*").length > 0) return null;
  return Object.keys(principal.grants);
}

/**
 * The namespaces that a list holds: those asked for that the principal may read, all of them where none are; null is every one. An attempt reads
 * its run and that run's inputs by their ids, and lists nothing.
 */
export function listable(principal: Principal, asked?: readonly string[] | null): readonly string[] | null {
  const allowed = principal.attempt ? [] : readable(principal);
  return asked?.filter((one) => allowed?.includes(one) ?? true) ?? allowed;
}
