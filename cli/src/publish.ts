import { readdirSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { type ArtifactReply, parseKey, uploadFile } from "@clew/schema";
import {
  PublishDatasetVersionDocument,
  type PublishDatasetVersionInput,
  type PublishDatasetVersionMutation,
} from "@clew/schema/graphql";
import { accepted, type ClewClient } from "./client.ts";
import { UsageError } from "./errors.ts";
import { profileFiles, type TableProfile } from "./profile-files.ts";

export interface PublishOptions {
  /** namespace/name of the dataset. */
  readonly key: string;
  /** Files, and folders with all that is below them. */
  readonly paths: readonly string[];
  /** Ids of the dataset versions that this one was made from. */
  readonly derivedFrom?: readonly string[];
  /** Leaves columns, row count and statistics out. */
  readonly withoutProfile?: boolean;
  readonly idempotencyKey?: string;
  readonly onProgress?: (detail: string) => void;
}

export type PublishedVersion = NonNullable<PublishDatasetVersionMutation["publishDatasetVersion"]["datasetVersion"]> & {
  readonly ledgerSeq: number | null;
};

export interface LocalFile {
  /** Where it lies. */
  readonly local: string;
  /** Its path in the version, with "/" between folders. */
  readonly path: string;
}

/** Profiles files, puts them into the artifact store and publishes them as a version of a dataset. The same content again is the same version. */
export async function publishFiles(client: ClewClient, options: PublishOptions): Promise<PublishedVersion> {
  const asset = parseKey(options.key);
  if (asset === null || asset.version !== null)
    throw new UsageError(`${options.key} is no dataset's key: namespace/name`);
  const { onProgress = () => {} } = options;
  const files = collectFiles(options.paths);
  onProgress("reading the files");
  const profile = options.withoutProfile ? null : await profileFiles(files.map(({ local }) => local));
  const manifest = [];
  for (const { local, path } of files) {
    onProgress(`sending ${path}`);
    manifest.push({ path, ...(await send(client, local)) });
  }
  const { namespace, name } = asset;
  const input = {
    namespace,
    name,
    files: manifest,
    ...profiled(profile),
    derivedFrom: [...(options.derivedFrom ?? [])],
  };
  return await publish(client, input, options.idempotencyKey);
}

function profiled(profile: TableProfile | null): Partial<PublishDatasetVersionInput> {
  return profile === null ? {} : { schema: profile.schema, rows: profile.rows, statistics: profile.statistics };
}

async function send(client: ClewClient, path: string): Promise<ArtifactReply> {
  return await uploadFile(client.url, client.token, path);
}

async function publish(
  client: ClewClient,
  input: PublishDatasetVersionInput,
  idempotencyKey: string | undefined,
): Promise<PublishedVersion> {
  const variables = { input, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
  const answer = await client.request(PublishDatasetVersionDocument, variables);
  const { datasetVersion, ledgerSeq } = accepted(answer.publishDatasetVersion);
  return { ...datasetVersion!, ledgerSeq };
}

/**
 * Every file below the paths, by its path in the version: a file's own name, a folder's content by its path below the folder.
 * @throws {UsageError} where a path is none, there are no files, or two would have the same path.
 */
export function collectFiles(paths: readonly string[]): LocalFile[] {
  const files = paths.flatMap(filesUnder);
  if (files.length === 0) throw new UsageError("there are no files to publish");
  const twice = [...Map.groupBy(files, ({ path }) => path)].find(([, same]) => same.length > 1);
  if (twice !== undefined) {
    throw new UsageError(
      `${twice[1].map(({ local }) => local).join(" and ")} would both be ${twice[0]} in the version`,
    );
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function filesUnder(path: string): LocalFile[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`there is no file ${path}`);
  if (!found.isDirectory()) return [{ local: path, path: basename(path) }];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((local) => ({ local, path: relative(path, local).split(sep).join("/") }));
}
