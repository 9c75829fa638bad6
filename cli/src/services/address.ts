import { accepts } from "./ports.ts";
import { type RunningService, ServiceError, type ServiceName } from "./service.ts";

/** The environment's variables that name a service which somebody else runs. */
export const ADDRESS_VARIABLES: Record<ServiceName, string> = {
  nats: "CLEW_NATS_URL",
  postgres: "CLEW_POSTGRES_URL",
  neo4j: "CLEW_NEO4J_URL",
};
const DEFAULT_PORTS: Record<ServiceName, number> = { nats: 4222, postgres: 5432, neo4j: 7687 };

export function addressOf(name: ServiceName): string | null {
  const value = process.env[ADDRESS_VARIABLES[name]];
  return value === undefined || value === "" ? null : value;
}

/** For people's eyes: an address without its password. */
export function masked(url: string): string {
  return url.replace(/\/\/([^@/:]*):[^@/]*@/, "//$1:…@");
}

/** A service that runs already. It must answer now, or a later error would not say whose fault it is. */
export async function atAddress(name: ServiceName, url: string): Promise<RunningService> {
  const { hostname, port } = parseUrl(name, url);
  if (!(await accepts(hostname, port))) {
    throw new ServiceError(
      `${name}: nobody listens at ${masked(url)}, which ${ADDRESS_VARIABLES[name]} names. ` +
        "Start that service, correct the variable, or unset it and a service of our own is started.",
    );
  }
  return {
    name,
    version: null,
    pid: null,
    url,
    port,
    exited: new Promise(() => {}),
    logTail: () => [],
    stop: async () => {},
    kill: async () => {
      throw new ServiceError(`${name} at ${masked(url)} is not ours to kill. Pass \`own: true\` to start one that is.`);
    },
  };
}

function parseUrl(name: ServiceName, url: string): { hostname: string; port: number } {
  try {
    // NATS takes a list; the first one will do for a look.
    const first = url.split(",")[0] ?? url;
    const parsed = new URL(first.includes("://") ? first : `${name}://${first}`);
    const port = Number(parsed.port) || DEFAULT_PORTS[name];
    return { hostname: parsed.hostname.replace(/^\[|\]$/g, ""), port };
  } catch (error) {
    throw new ServiceError(`${ADDRESS_VARIABLES[name]} is no address: ${masked(url)}`, { cause: error });
  }
}
