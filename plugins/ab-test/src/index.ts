export * from "./ab-test.ts";
export { AbOptions, AbOutcome, AbState } from "./options.ts";
