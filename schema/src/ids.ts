import { hash, randomUUID } from "node:crypto";
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
  return `${type}:${hash("sha256", JSON.stringify([type, ...parts]), "hex").slice(0, 32)}`;
}

/** A new id that sorts by time: UUIDv7 (RFC 9562 section 5.7). */
export function timeId(type: string, nowMs: number = Date.now()): NodeId {
  return `${type}:${uuidv7(nowMs)}`;
}

/** UUIDv7, RFC 9562 section 5.7: 48 bits of Unix milliseconds, 74 random bits. */
export function uuidv7(nowMs: number = Date.now()): string {
  const time = nowMs.toString(16).padStart(12, "0");
  // A version 4 UUID has its random bits and its variant where version 7 wants them, from a pool that is filled for many at once.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
