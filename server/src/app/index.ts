export { Config, readConfig } from "../config/config.ts";
export { ALL_FACTS, ALL_NODES } from "./server-schema.ts";
export { ADMIN_TOKEN_FILE } from "./first-start.ts";
export { type RunningServer, startServer } from "./start-server.ts";
