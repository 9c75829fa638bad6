import { can, type Grants, type Principal } from "../../graphql/principal.ts";
import type { TokenRow } from "../../ports/ledger-store.ts";

/** Whether a principal administers every namespace that the grants speak of, and so may give and take them. */
export function administers(principal: Principal, namespaces: readonly string[]): boolean {
  return namespaces.every((namespace) => can(principal, "ADMIN", namespace));
}

/** Whether a token does nothing beyond the namespaces that a principal administers. */
export function administersToken(principal: Principal, { grants }: Pick<TokenRow, "grants">): boolean {
  return administers(principal, Object.keys(JSON.parse(grants) as Grants));
}
