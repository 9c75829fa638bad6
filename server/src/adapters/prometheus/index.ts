export { Prometheus, type Reading, type Sample } from "./prometheus.ts";
