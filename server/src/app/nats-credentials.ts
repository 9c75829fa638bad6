import { readFileSync } from "node:fs";
import { subjects } from "@clew/schema";
import { credentialsIssuer, type IssueCredentials } from "../adapters/nats/index.ts";
import type { Config } from "../config/config.ts";

/** How runners get credentials of their own; null where the configuration names no key to sign them with. */
export async function natsCredentials(config: Config): Promise<IssueCredentials | null> {
  const { natsCreds, natsSigningKey, natsPrefix } = config;
  if (natsSigningKey === undefined) return null;
  if (natsCreds === undefined) throw new Error("CLEW_NATS_SIGNING_KEY needs CLEW_NATS_CREDS, which names the account");
  return await credentialsIssuer(
    readFileSync(natsSigningKey, "utf8"),
    readFileSync(natsCreds, "utf8"),
    subjects(natsPrefix),
  );
}
