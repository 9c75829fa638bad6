export { type BusLog, type Handler, NatsBus, type StreamMessage } from "./nats-bus.ts";
