import { join } from "node:path";
import { type NoteSigner, parseSignerKey } from "@clew/schema";
import { CheckpointFiles } from "../adapters/filesystem/index.ts";
import { CHECKPOINTS_FOLDER } from "./open-stores.ts";
import type { Secrets } from "./secrets.ts";

/** What signs the ledger's heads, and where they are kept. */
export interface Signing {
  readonly files: CheckpointFiles;
  readonly signer: NoteSigner;
}

/** @param secrets as they were read from the same folder. */
export function signingIn(dataDir: string, { signerKey }: Pick<Secrets, "signerKey">): Signing {
  return { files: new CheckpointFiles(join(dataDir, CHECKPOINTS_FOLDER)), signer: parseSignerKey(signerKey) };
}
