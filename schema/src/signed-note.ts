import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";

/** C2SP signed-note with Ed25519: a text, a blank line, and a line for each signature. */

const ED25519 = 0x01;
const KEY_BYTES = 32;
const ID_BYTES = 4;
const MAX_SIGNATURES = 100;
const MAX_NOTE_CHARACTERS = 1_000_000;
/** What DER (RFC 8410) puts before the 32 bytes of an Ed25519 key. */
const PKCS8_PREFIX = "302e020100300506032b657004220420";
const SPKI_PREFIX = "302a300506032b6570032100";
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/** A name and key id (8 hex digits): which key made a signature. */
export interface NoteKeyId {
  readonly name: string;
  readonly keyId: string;
}

export interface NoteSigner extends NoteKeyId {
  sign(text: Uint8Array): Uint8Array;
  /** `name+keyid+base64`, to hand to whoever verifies. */
  readonly verifierKey: string;
}

export interface NoteVerifier extends NoteKeyId {
  verify(text: Uint8Array, signature: Uint8Array): boolean;
}

/** MALFORMED: no signed note; UNKNOWN_KEYS: no signature by a known key; BAD_SIGNATURE: a known key's signature does not hold. */
export type NoteRejection = "MALFORMED" | "UNKNOWN_KEYS" | "BAD_SIGNATURE";

export class NoteRejected extends Error {
  readonly reason: NoteRejection;

  constructor(reason: NoteRejection, detail: string) {
    super(`the signed note is rejected: ${detail}`);
    this.reason = reason;
  }
}

/** A new key pair as text: the signer key is secret (the form that Go's sumdb/note writes), the verifier key is public. */
export function generateNoteKey(name: string): { readonly signerKey: string; readonly verifierKey: string } {
  checkName(name);
  const { privateKey } = generateKeyPairSync("ed25519");
  const seed = privateKey.export({ format: "der", type: "pkcs8" }).subarray(-KEY_BYTES);
  const publicBytes = publicKeyBytes(privateKey);
  const signerKey = `PRIVATE+KEY+${name}+${noteKeyId(name, publicBytes)}+${keyText(seed)}`;
  return { signerKey, verifierKey: verifierKeyText(name, publicBytes) };
}

/** SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), its first four bytes in hex. */
export function noteKeyId(name: string, publicKey: Uint8Array): string {
  const input = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), publicKey]);
  return hash("sha256", input, "hex").slice(0, 2 * ID_BYTES);
}

/** @throws {TypeError} for text that is not a signer key; the message does not hold the text. */
export function parseSignerKey(text: string): NoteSigner {
  const match = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  const seed = match && keyBytes(match[3]!);
  if (!match || !seed) throw new TypeError("this is no Ed25519 signer key");
  const name = checkName(match[1]!);
  const der = Buffer.concat([Buffer.from(PKCS8_PREFIX, "hex"), seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicBytes = publicKeyBytes(privateKey);
  const keyId = noteKeyId(name, publicBytes);
  if (keyId !== match[2]) throw new TypeError("the signer key's id does not fit its key");
  const verifierKey = verifierKeyText(name, publicBytes);
  return { name, keyId, verifierKey, sign: (bytes) => sign(null, bytes, privateKey) };
}

/** @throws {TypeError} for text that is not a verifier key. */
export function parseVerifierKey(text: string): NoteVerifier {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  const publicBytes = match && keyBytes(match[3]!);
  if (!match || !publicBytes) throw new TypeError("this is no Ed25519 verifier key (name+keyid+base64)");
  const name = checkName(match[1]!);
  const keyId = noteKeyId(name, publicBytes);
  if (keyId !== match[2]) throw new TypeError("the verifier key's id does not fit its key");
  const der = Buffer.concat([Buffer.from(SPKI_PREFIX, "hex"), publicBytes]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  return { name, keyId, verify: (bytes, signature) => verify(null, bytes, publicKey, signature) };
}

/** Signs a text, which must end in a newline. @throws {NoteRejected} MALFORMED, for text that a note cannot hold. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!isNoteText(text))
    throw new NoteRejected("MALFORMED", "a text ends in a newline and holds no control characters");
  const bytes = Buffer.from(text);
  const lines = signers.map((signer) => {
    const signature = Buffer.concat([Buffer.from(signer.keyId, "hex"), signer.sign(bytes)]);
    return `— ${signer.name} ${signature.toString("base64")}\n`;
  });
  return `${text}\n${lines.join("")}`;
}

export interface OpenedNote {
  readonly text: string;
  /** Whose signatures were verified; at least one. */
  readonly signedBy: readonly NoteKeyId[];
}

/**
 * Takes a note apart and verifies the signature of every known key. Signatures by unknown keys are ignored.
 * @throws {NoteRejected}
 */
export function openNote(note: string, verifiers: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = splitNote(note);
  const bytes = Buffer.from(text);
  const signedBy: NoteKeyId[] = [];
  for (const { name, keyId, signature } of signatures) {
    const known = verifiers.find((verifier) => verifier.name === name && verifier.keyId === keyId);
    if (!known) continue;
    if (!known.verify(bytes, signature)) throw new NoteRejected("BAD_SIGNATURE", `by ${name}+${keyId}`);
    signedBy.push({ name, keyId });
  }
  if (signedBy.length === 0) throw new NoteRejected("UNKNOWN_KEYS", "no known key has signed it");
  return { text, signedBy };
}

interface NoteSignature extends NoteKeyId {
  readonly signature: Uint8Array;
}

function splitNote(note: string): { text: string; signatures: NoteSignature[] } {
  const end = note.lastIndexOf("\n\n");
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2).split("\n");
  const isWhole = end > 0 && lines.pop() === "" && lines.length > 0 && note.length <= MAX_NOTE_CHARACTERS;
  if (!isWhole || !isNoteText(note)) throw new NoteRejected("MALFORMED", "no text with signatures below a blank line");
  if (lines.length > MAX_SIGNATURES) throw new NoteRejected("MALFORMED", `more than ${MAX_SIGNATURES} signatures`);
  return { text, signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const [dash, name, base64, ...rest] = line.split(" ");
  const bytes = strictBase64(base64 ?? "");
  const isNamed = dash === "—" && name !== undefined && isName(name) && rest.length === 0;
  if (!isNamed || !bytes || bytes.length <= ID_BYTES)
    throw new NoteRejected("MALFORMED", "a signature line has another form");
  return { name, keyId: bytes.subarray(0, ID_BYTES).toString("hex"), signature: bytes.subarray(ID_BYTES) };
}

function isNoteText(text: string): boolean {
  return text.length > 0 && text.endsWith("\n") && text.isWellFormed() && !CONTROL.test(text);
}

function isName(name: string): boolean {
  return name.length > 0 && name.isWellFormed() && !/[\s+]/u.test(name) && !CONTROL.test(name);
}

function checkName(name: string): string {
  if (!isName(name)) throw new TypeError("a key's name must not be empty nor hold spaces or +");
  return name;
}

function publicKeyBytes(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-KEY_BYTES);
}

function verifierKeyText(name: string, publicKey: Uint8Array): string {
  return `${name}+${noteKeyId(name, publicKey)}+${keyText(publicKey)}`;
}

function keyText(key: Uint8Array): string {
  return Buffer.concat([Buffer.of(ED25519), key]).toString("base64");
}

function keyBytes(base64: string): Buffer | null {
  const bytes = strictBase64(base64);
  return bytes?.length === 1 + KEY_BYTES && bytes[0] === ED25519 ? bytes.subarray(1) : null;
}

/** Null for text that is not exactly what encoding its bytes gives: one signature must not have several forms. */
function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}
