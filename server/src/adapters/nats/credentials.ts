import { runnerPermissions, type Subjects } from "@clew/schema";
import { decode, encodeUser, fmtCreds, parseCreds } from "@nats-io/jwt";
import { createUser, fromSeed, type KeyPair } from "@nats-io/nkeys";

/** What a runner's permissions follow from. */
export interface CredentialsOwner {
  readonly id: string;
  readonly name: string;
  readonly plugins: readonly string[];
  readonly pools: readonly string[];
}

/** Makes the text of a NATS credentials file (user JWT and seed) for a runner. */
export type IssueCredentials = (runner: CredentialsOwner) => Promise<string>;

/**
 * Credentials from an account's key (`SA…`): its own, or a signing key of it. Which account that is, the server's own credentials say.
 * @throws {Error} where the texts are no such key and credentials.
 */
export async function credentialsIssuer(
  signingSeed: string,
  serverCredentials: string,
  space: Subjects,
): Promise<IssueCredentials> {
  const signer = fromSeed(new TextEncoder().encode(signingSeed.trim()));
  const { jwt } = await parseCreds(new TextEncoder().encode(serverCredentials));
  const { iss, nats } = decode<{ issuer_account?: string }>(jwt);
  const account = nats.issuer_account ?? iss;
  return async (runner) => {
    const { publish, subscribe } = runnerPermissions(space, runner.id, runner);
    const permissions = { pub: { allow: [...publish] }, sub: { allow: [...subscribe] } };
    return await userCredentials(`runner ${runner.name}`, account, signer, permissions);
  };
}

/** A new user of an account. Without permissions it may do everything in there. */
export async function userCredentials(
  name: string,
  account: string,
  signer: KeyPair,
  permissions: { pub?: { allow: string[] }; sub?: { allow: string[] } } = {},
): Promise<string> {
  const user = createUser();
  const jwt = await encodeUser(name, user, account, permissions, { signer });
  return new TextDecoder().decode(fmtCreds(jwt, user));
}
