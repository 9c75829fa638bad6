import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../checkout.ts";
import { run } from "../services/commands.ts";

export interface NatsTrust {
  /** Lines of nats-server's configuration. */
  readonly config: string;
  /** What the Clew server needs in its environment. */
  readonly serverEnv: Record<string, string>;
}

/** Makes the keys of a local NATS at the first start. The server's package does it, in a process of its own: only it knows NATS' keys. */
export async function ensureNatsTrust(dir: string): Promise<NatsTrust> {
  const program = join(checkout(), "server", "src", "app", "nats-trust.ts");
  await run(process.execPath, ["--conditions=clew-src", program, dir], { timeoutMs: 60_000 });
  return {
    config: readFileSync(join(dir, "trust.conf"), "utf8"),
    serverEnv: { CLEW_NATS_CREDS: join(dir, "server.creds"), CLEW_NATS_SIGNING_KEY: join(dir, "signing.nk") },
  };
}
