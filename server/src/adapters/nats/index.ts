export { credentialsIssuer, type IssueCredentials } from "./credentials.ts";
export type { StoredMessage } from "./stored-messages.ts";
export type { Handler, StreamMessage } from "./consumption.ts";
export { type BusLog, NatsBus } from "./nats-bus.ts";
