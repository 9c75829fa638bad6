import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNats } from "@clew/cli/services";
import { EnrolRunnerDocument } from "@clew/schema/graphql";
import { ensureNatsTrust, type NatsTrust } from "../../server/src/adapters/nats/trust.ts";
import { startTestServer, type TestServer, unique } from "./server.ts";

export interface Guarded {
  readonly dir: string;
  readonly url: string;
  readonly trust: NatsTrust;
  readonly server: TestServer;
  stop(): Promise<void>;
}

/** A server with a NATS that knows only the credentials which that server makes. */
export async function aGuardedServer(settings: { readonly leaseSeconds?: number } = {}): Promise<Guarded> {
  const dir = await mkdtemp(join(tmpdir(), "clew-guarded-"));
  const trust = await ensureNatsTrust(join(dir, "trust"));
  const nats = await startNats({ dir: join(dir, "nats"), own: true, config: readFileSync(trust.configFile, "utf8") });
  const { serverCredsFile: natsCreds, signingKeyFile: natsSigningKey } = trust;
  const server = await startTestServer({ ...settings, natsUrl: nats.url, natsCreds, natsSigningKey });
  const stop = async () => {
    await server.stop();
    await nats.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { dir, url: nats.url, trust, server, stop };
}

export async function anEnrolment({ server }: Guarded, plugins = ["*"]) {
  const { data, text } = await server.gql(EnrolRunnerDocument, { input: { name: unique("runner"), plugins } });
  const { runner, secret, natsCredentials } = data.enrolRunner;
  if (!runner || !secret || !natsCredentials) throw new Error(`not enrolled: ${text}`);
  return { id: runner.id, token: secret, credentials: natsCredentials };
}
export type Enrolment = Awaited<ReturnType<typeof anEnrolment>>;
