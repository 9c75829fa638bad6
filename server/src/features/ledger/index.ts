export { ledgerFeed } from "./graphql/ledger-feed.resolver.ts";
export { LedgerEntryResolver } from "./graphql/ledger-entry.resolver.ts";
export { type LedgerParts, LedgerResolver } from "./graphql/ledger.resolver.ts";
export { VerificationResolver } from "./graphql/verification.resolver.ts";
export { Verifier } from "./verifier.ts";
export { readEntries } from "./read-entries.ts";
