export { type LedgerParts, LedgerResolver } from "./graphql/ledger.resolver.ts";
