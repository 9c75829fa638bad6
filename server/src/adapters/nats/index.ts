export { credentialsIssuer, type IssueCredentials } from "./credentials.ts";
export { type BusLog, type Handler, NatsBus, type StreamMessage } from "./nats-bus.ts";
