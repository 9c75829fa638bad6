export * from "./booster.ts";
export * from "./booster-json.ts";
