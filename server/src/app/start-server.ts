import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import { composeServer, type Server } from "./compose.ts";
import { connectNats } from "./connect-nats.ts";
import { listenHttp } from "./listen-http.ts";
import { openStores } from "./open-stores.ts";
import { Stops } from "./stops.ts";

export interface RunningServer {
  readonly url: string;
  readonly server: Server;
  stop(): Promise<void>;
}

/** Starts everything in order; what was started is stopped again when a later step fails. */
export async function startServer(config: Config, log: Logger): Promise<RunningServer> {
  const stops = new Stops(log);
  try {
    const stores = await openStores(config, stops, log);
    const server = await composeServer(config, stores, stops, log);
    const { natsUrl } = config;
    if (natsUrl) await connectNats({ ...config, natsUrl }, server, stops, log);
    const url = await listenHttp(config, server, stops, log);
    log.info({ url }, "ready");
    return { url, server, stop: () => stops.stopAll() };
  } catch (error) {
    await stops.stopAll();
    throw error;
  }
}
