import { clientError } from "./errors.ts";
import { can, type Principal } from "./principal.ts";

/** @param act what the caller wants to do, as "to start flights/retrain@3" @throws FORBIDDEN where the caller may only read. */
export function requireContributor(principal: Principal, namespace: string, act: string): void {
  if (!can(principal, "CONTRIBUTOR", namespace)) throw clientError("FORBIDDEN", `your token does not allow ${act}`);
}
