import pino from "pino";
import { readConfig } from "../config/config.ts";
import { startServer } from "./start-server.ts";

const config = readConfig();
const log = pino({ level: config.logLevel, base: { service: "clew-server" } });
const running = await startServer(config, log);

let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void running.stop().then(() => process.exit(0));
  });
}
