import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { digestOf, RepositoryUrl, type Sha256, sha256 } from "@clew/schema";
import { RecordCodeVersionDocument } from "@clew/schema/graphql";
import { accepted, type ClewClient } from "./client.ts";

/** The state of a folder's code. */
export interface CodeState {
  /** 40 or 64 hex digits; NO_COMMIT where there is none. */
  readonly commit: string;
  /** Covers path and content of every file that differs from the commit; null where none does. */
  readonly dirtyDigest: Sha256 | null;
  /** Of the remote `origin`, without a password; null where there is none, or none that others reach. */
  readonly url: string | null;
}

/** What Git writes where there is no object. A folder outside Git has this commit, and all its files count as uncommitted. */
export const NO_COMMIT = "0".repeat(40);

/** Folders that hold no code of one's own; Git's own list of ignored files is used where there is Git. */
const NOT_CODE = new Set(["node_modules", "dist", ".git", ".clew"]);

/** Reads the state of the code in a folder: from Git where it is a work tree, else from the files themselves. */
export async function codeStateOf(folder: string): Promise<CodeState> {
  const root = await git(folder, ["rev-parse", "--show-toplevel"]);
  if (root === null) {
    return { commit: NO_COMMIT, dirtyDigest: await digestOfFiles(folder, filesBelow(folder)), url: null };
  }
  const top = root.trim();
  const commit = (await git(top, ["rev-parse", "--verify", "--quiet", "HEAD"]))?.trim() ?? NO_COMMIT;
  const status = (await git(top, ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"])) ?? "";
  const changed = status.split("\0").flatMap((entry) => (entry === "" ? [] : [entry.slice(3)]));
  const origin = await git(top, ["remote", "get-url", "origin"]);
  return {
    commit,
    dirtyDigest: changed.length === 0 ? null : await digestOfFiles(top, changed),
    url: origin === null ? null : publicUrl(origin.trim()),
  };
}

export interface RecordedCode extends CodeState {
  readonly id: string;
}

/** Records the state of the code in a folder as a version of namespace/name. The same state again is the same version. */
export async function recordCode(
  client: ClewClient,
  folder: string,
  { namespace, name }: { namespace: string; name: string },
): Promise<RecordedCode> {
  const state = await codeStateOf(folder);
  const answer = await client.request(RecordCodeVersionDocument, { input: { namespace, name, ...state } });
  return { ...state, id: accepted(answer.recordCodeVersion).codeVersion!.id };
}

/** Null where Git is missing, or says no. */
async function git(folder: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)("git", ["-C", folder, ...args], { maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch {
    return null;
  }
}

/** Null for a place that only this machine knows. */
function publicUrl(origin: string): string | null {
  const url = origin.replace(/^(\w+:\/\/)[^@/]*@/, "$1");
  return RepositoryUrl.safeParse(url).success ? url : null;
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !NOT_CODE.has(name));
  return entries.flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    return filesBelow(join(folder, entry.name)).map((file) => join(entry.name, file));
  });
}

/** A file that is gone counts with null as its digest. */
async function digestOfFiles(folder: string, paths: readonly string[]): Promise<Sha256> {
  const files: { path: string; digest: Sha256 | null }[] = [];
  for (const path of paths.toSorted()) {
    files.push({ path: path.split(sep).join("/"), digest: await digestOfPath(join(folder, path)) });
  }
  return digestOf(files);
}

async function digestOfPath(path: string): Promise<Sha256 | null> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) return sha256(readlinkSync(path));
  if (!found?.isFile()) return null;
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest("hex")}`;
}
