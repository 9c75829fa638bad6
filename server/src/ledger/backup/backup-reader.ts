import { createHash, hash } from "node:crypto";
import { Readable, Transform } from "node:stream";
import type { Sha256 } from "@clew/schema";
import { extract, type ExtractEvents } from "tar-stream";
import type { CopiedTable } from "../../ports/ledger-copies.ts";
import { MANIFEST, MEMBER_MAX_BYTES, memberKind } from "./format.ts";
import { damaged } from "./refused.ts";
import { Sums } from "./sums.ts";

/** A SHA-256 in hex and two spaces stand before the name in a line of sums. */
const SUM_LENGTH = 66;

/** A member as tar-stream gives it: its header, and its bytes to be read. */
type Entry = ExtractEvents["entry"][1];

/** One member: its bytes are held, or for an artifact still to be read. */
export type Member =
  | { readonly kind: "entries" | "end"; readonly name: string; readonly bytes: Buffer }
  | { readonly kind: "table"; readonly table: CopiedTable; readonly name: string; readonly bytes: Buffer }
  | { readonly kind: "artifact"; readonly digest: Sha256; readonly name: string; readonly stream: Readable };

/** Reads a backup's members in order, and compares them with the sums on the way. */
export class BackupReader {
  readonly sums = new Sums();
  readonly #archive: Readable;
  readonly #tar = extract();
  readonly #entries: AsyncIterator<Entry>;
  /** What broke the archive itself, whoever then hears of it. */
  #broken: Error | null = null;

  constructor(archive: Readable) {
    this.#archive = archive;
    this.#entries = this.#tar[Symbol.asyncIterator]();
    this.#tar.on("error", (error: Error) => (this.#broken ??= error));
    archive.on("error", (error) => this.#tar.destroy(error));
    archive.pipe(this.#tar);
  }

  async manifest(): Promise<Buffer> {
    const entry = await this.#next();
    if (entry?.header.name !== MANIFEST) throw damaged(`it does not begin with ${MANIFEST}`);
    return this.#held(entry, MANIFEST);
  }

  /** Everything behind the manifest, sums apart. An artifact's stream must be read before the next member is asked for. */
  async *members(): AsyncGenerator<Member> {
    for (let entry = await this.#next(); entry !== null; entry = await this.#next()) {
      const { name } = entry.header;
      const member = memberKind(name);
      if (member === null || entry.header.type !== "file") throw damaged(`${name} is no part of a backup`);
      if (member.kind === "sums") this.#compare(name, await held(entry));
      else if (member.kind === "artifact") yield { ...member, name, stream: this.#summed(entry, name) };
      else if (member.kind === "end") yield { ...member, name, bytes: await held(entry) };
      else yield { ...member, name, bytes: await this.#held(entry, name) };
    }
  }

  /** The error as it should be told: what broke the archive is damage, anything else stays as it is. */
  explain(error: unknown): unknown {
    return error !== null && error === this.#broken ? damaged((error as Error).message, error) : error;
  }

  close(): void {
    this.#archive.destroy();
    this.#tar.destroy();
  }

  async #next(): Promise<Entry | null> {
    const next = await this.#entries.next();
    return next.done === true ? null : next.value;
  }

  async #held(entry: Entry, name: string): Promise<Buffer> {
    const bytes = await held(entry);
    this.sums.add(name, hash("sha256", bytes, "hex"));
    return bytes;
  }

  #summed(entry: Entry, name: string): Readable {
    const digest = createHash("sha256");
    const summed = new Transform({
      transform: (chunk: Uint8Array, _, done) => {
        digest.update(chunk);
        done(null, chunk);
      },
      flush: (done) => {
        this.sums.add(name, digest.digest("hex"));
        done();
      },
    });
    entry.on("error", (error: Error) => summed.destroy(error));
    return entry.pipe(summed);
  }

  #compare(name: string, stated: Buffer): void {
    const part = this.sums.part();
    if (part.name === name && part.text === stated.toString("utf8")) return;
    const found = part.text.split("\n");
    const lines = stated.toString("utf8").split("\n");
    const differing = lacking(lines, found) ?? lacking(found, lines);
    throw damaged(differing ? `${differing} is missing or not as ${name} says` : `${name} stands at another place`);
  }
}

/** The member of the first sum that the others lack. */
function lacking(sums: readonly string[], others: readonly string[]): string | undefined {
  const known = new Set(others);
  return sums.find((line) => !known.has(line))?.slice(SUM_LENGTH);
}

async function held(entry: Entry): Promise<Buffer> {
  const { name, size } = entry.header;
  if (size > MEMBER_MAX_BYTES) throw damaged(`${name} has ${size} bytes, more than any member but an artifact`);
  const chunks: Buffer[] = [];
  for await (const chunk of entry) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
