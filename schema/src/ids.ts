import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";

/** A global node id: the node's type, a colon, and a part that only Clew reads. */
export const NodeId = z.string().regex(/^[A-Z][A-Za-z]{1,40}:[0-9a-f-]{32,36}$/, "must be a node id");
export type NodeId = z.infer<typeof NodeId>;

/** The type's name that a global id begins with. */
export function typeOfId(id: string): string {
  return id.slice(0, id.indexOf(":"));
}

/** The id of a node whose identity is content: the same parts give the same id, on every machine, for ever. */
export function contentId(type: string, ...parts: readonly (string | number)[]): NodeId {
  const hash = createHash("sha256").update(JSON.stringify([type, ...parts]));
  return `${type}:${hash.digest("hex").slice(0, 32)}`;
}

/** A new id that sorts by time: UUIDv7 (RFC 9562 section 5.7). */
export function timeId(type: string, nowMs: number = Date.now()): NodeId {
  return `${type}:${uuidv7(nowMs)}`;
}

/** UUIDv7, RFC 9562 section 5.7: 48 bits of Unix milliseconds, 74 random bits. */
export function uuidv7(nowMs: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
