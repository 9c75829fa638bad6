import { HASH_BYTES, checkedSize } from "./merkle.ts";
import { type NoteSigner, type NoteVerifier, NoteRejected, openNote, signNote } from "./signed-note.ts";

/** The head of a log as C2SP tlog-checkpoint: which log, how many leaves, the root over them. */
export interface Checkpoint {
  /** The log's unique name, by convention a URL without its scheme. */
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Opaque further lines, none of them empty. */
  readonly extensions: readonly string[];
}

/** The note text of a checkpoint. @throws {RangeError} for what a checkpoint cannot hold. */
export function checkpointText({ origin, size, root, extensions }: Checkpoint): string {
  const lines = [origin, String(checkedSize(size)), Buffer.from(root).toString("base64"), ...extensions];
  if (root.length !== HASH_BYTES) throw new RangeError(`a root has ${HASH_BYTES} bytes, not ${root.length}`);
  if (lines.some((line) => line === "" || line.includes("\n")))
    throw new RangeError("a checkpoint's lines are not empty");
  return `${lines.join("\n")}\n`;
}

/** @throws {NoteRejected} MALFORMED */
export function parseCheckpointText(text: string): Checkpoint {
  const lines = text.split("\n");
  const isWhole = lines.pop() === "" && lines.length >= 3 && lines.every((line) => line !== "");
  const [origin = "", size = "", base64 = "", ...extensions] = lines;
  const root = Buffer.from(base64, "base64");
  const isSize = /^(0|[1-9]\d{0,15})$/.test(size) && Number.isSafeInteger(Number(size));
  const isRoot = root.length === HASH_BYTES && root.toString("base64") === base64;
  if (!isWhole || !isSize || !isRoot) throw new NoteRejected("MALFORMED", "its text is no checkpoint");
  return { origin, size: Number(size), root, extensions };
}

/** A checkpoint as a signed note; the signers' names should be the origin. */
export function signCheckpoint(checkpoint: Checkpoint, signers: readonly NoteSigner[]): string {
  return signNote(checkpointText(checkpoint), signers);
}

/**
 * The checkpoint in a signed note, when a known key of the log has signed it and it is about this log.
 * @throws {NoteRejected}
 */
export function verifyCheckpoint(note: string, origin: string, verifiers: readonly NoteVerifier[]): Checkpoint {
  const checkpoint = parseCheckpointText(openNote(note, verifiers).text);
  if (checkpoint.origin !== origin)
    throw new NoteRejected("MALFORMED", `it is about "${checkpoint.origin}", not "${origin}"`);
  return checkpoint;
}
