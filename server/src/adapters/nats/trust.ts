import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeAccount, encodeOperator } from "@nats-io/jwt";
import { createAccount, createOperator } from "@nats-io/nkeys";
import { userCredentials } from "./credentials.ts";

/** Files of a NATS that trusts an operator of its own. */
export interface NatsTrust {
  /** To be included by nats-server's configuration. Holds no secret. */
  readonly configFile: string;
  /** Credentials of the Clew server: everything in its account. */
  readonly serverCredsFile: string;
  /** The account's signing key, by which the Clew server makes credentials for runners. */
  readonly signingKeyFile: string;
}

const UNLIMITED = -1;
const JETSTREAM = { mem_storage: UNLIMITED, disk_storage: UNLIMITED, streams: UNLIMITED, consumer: UNLIMITED };
const CONNECTIONS = { subs: UNLIMITED, data: UNLIMITED, payload: UNLIMITED, conn: UNLIMITED, leaf: UNLIMITED };
const SHARES = { imports: UNLIMITED, exports: UNLIMITED, wildcards: true };

/**
 * An operator with one account for Clew, made at the first start and kept. The operator's key is thrown away: nothing else is ever to be
 * signed with it, and to begin anew is to remove the folder and enrol the runners again.
 */
export async function ensureNatsTrust(dir: string): Promise<NatsTrust> {
  const trust = {
    configFile: join(dir, "trust.conf"),
    serverCredsFile: join(dir, "server.creds"),
    signingKeyFile: join(dir, "signing.nk"),
  };
  if (!existsSync(trust.configFile)) await makeTrust(dir, trust);
  return trust;
}

async function makeTrust(dir: string, { configFile, serverCredsFile, signingKeyFile }: NatsTrust): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const [operator, system, account, signer] = [createOperator(), createAccount(), createAccount(), createAccount()];
  const [systemId, accountId] = [system.getPublicKey(), account.getPublicKey()];
  const limits = { ...CONNECTIONS, ...SHARES };
  const operatorJwt = await encodeOperator("clew", operator, { system_account: systemId });
  const systemJwt = await encodeAccount("SYS", system, { limits }, { signer: operator });
  const accountJwt = await encodeAccount(
    "clew",
    account,
    { limits: { ...limits, ...JETSTREAM }, signing_keys: [signer.getPublicKey()] },
    { signer: operator },
  );
  writeSecret(signingKeyFile, new TextDecoder().decode(signer.getSeed()));
  writeSecret(serverCredsFile, await userCredentials("clew-server", accountId, signer));
  const config = [
    `operator: ${operatorJwt}`,
    `system_account: ${systemId}`,
    "resolver: MEMORY",
    "resolver_preload: {",
    `  ${systemId}: ${systemJwt}`,
    `  ${accountId}: ${accountJwt}`,
    "}",
    "",
  ].join("\n");
  // Last, and at once: where it is there, the others are.
  writeFileSync(`${configFile}.new`, config);
  renameSync(`${configFile}.new`, configFile);
}

function writeSecret(file: string, text: string): void {
  writeFileSync(file, `${text.trimEnd()}\n`, { mode: 0o600 });
}
