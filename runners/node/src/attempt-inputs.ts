import { join } from "node:path";
import { type JobInput, type ManifestFile, RelativePath, downloadFile, typeOfId } from "@clew/schema";
import type { ContentCache } from "./content-cache.ts";
import type { CallOptions, GraphqlLink } from "./graphql-link.ts";
import { type JobRun, type JobVersion, versionFiles } from "./operations.ts";

/** How many files of an attempt are fetched at once. */
const FILES_AT_ONCE = 4;
/** Without a byte of progress: about two minutes. */
export const TRANSFER_TRIES = 20;

type JobNode = JobRun["inputs"][number]["node"];
type Parameters = Record<string, unknown>;

/** The run's hyperparameters; none where it has no set. */
export function parametersOf(run: JobRun): Parameters {
  for (const { node } of run.inputs) if ("parameters" in node) return node.parameters;
  return {};
}

/**
 * The run's input versions by role, in the order in which the server names them; each has the folder `<role>/<index>` to
 * itself. Files beyond the first page are asked for with `call`.
 */
export async function inputsOf(run: JobRun, link: GraphqlLink, call: CallOptions): Promise<Record<string, JobInput[]>> {
  const inputs: Record<string, JobInput[]> = {};
  for (const { role, node } of run.inputs) {
    if (role === null || !isVersion(node)) continue;
    const ofRole = (inputs[role] ??= []);
    ofRole.push(inputOf(node, `${role}/${ofRole.length}`, await allFiles(node, link, call)));
  }
  return inputs;
}

function isVersion(node: JobNode): node is JobVersion {
  return "files" in node;
}

function inputOf(node: JobVersion, dir: string, files: ManifestFile[]): JobInput {
  const { id, key, digest, schema, signature } = node;
  const type = typeOfId(id) === "ModelVersion" ? "ModelVersion" : "DatasetVersion";
  return { id, key, type, digest, dir: RelativePath.parse(dir), files, schema, signature };
}

async function allFiles(node: JobVersion, link: GraphqlLink, call: CallOptions): Promise<ManifestFile[]> {
  const { nodes, pageInfo } = node.files;
  return pageInfo.hasNextPage ? [...nodes, ...(await filesAfter(pageInfo.endCursor, node, link, call))] : nodes;
}

/** A version's files after this cursor; all of them after null. */
export async function filesAfter(
  cursor: string | null,
  { id, key }: { readonly id: string; readonly key: string },
  link: GraphqlLink,
  call: CallOptions,
): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (let after = cursor; ; ) {
    const answer = await link.call(versionFiles, { version: id, after }, call);
    if (answer.node === null) throw new Error(`the files of ${key} cannot be read`);
    files.push(...answer.node.files.nodes);
    const { pageInfo } = answer.node.files;
    if (!pageInfo.hasNextPage) return files;
    after = pageInfo.endCursor;
  }
}

export interface PlaceOptions {
  readonly cache: ContentCache;
  readonly serverUrl: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** Brings every file of every input under `inputDir`, digests checked. @throws {ArtifactTransferError} */
export async function placeInputs(
  inputs: Record<string, readonly JobInput[]>,
  inputDir: string,
  { cache, serverUrl, token, signal }: PlaceOptions,
): Promise<void> {
  const fetch = async (digest: string, path: string) => {
    await downloadFile(serverUrl, token, digest, path, { signal, maxAttempts: TRANSFER_TRIES });
  };
  const all = Object.values(inputs).flat();
  const queue = all.flatMap(({ dir, files }) => files.map((file) => ({ file, path: join(inputDir, dir, file.path) })));
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      signal.throwIfAborted();
      await cache.place(next.file, next.path, fetch);
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, work));
}
