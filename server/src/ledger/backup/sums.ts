import { createHash } from "node:crypto";
import { type NoteSigner, type NoteVerifier, openNote, signNote } from "@clew/schema";

const PART = 1_000;

/** The SHA-256 of every member, in parts so that memory stays flat, and the signed note that holds the parts together. */
export class Sums {
  readonly #total = createHash("sha256");
  #lines: string[] = [];
  #parts = 0;
  #members = 0;

  add(name: string, sha256Hex: string): void {
    this.#lines.push(`${sha256Hex}  ${name}\n`);
    this.#members += 1;
  }

  get isPartDue(): boolean {
    return this.#lines.length >= PART;
  }

  /** Members that no part has covered yet. */
  get open(): number {
    return this.#lines.length;
  }

  /** The part that covers what was added since the last one: a file for `sha256sum -c`. */
  part(): { readonly name: string; readonly text: string } {
    const text = this.#lines.join("");
    this.#lines = [];
    this.#parts += 1;
    this.#total.update(text);
    return { name: `sums/${String(this.#parts).padStart(6, "0")}.sha256`, text };
  }

  /** The end's note; nothing can be added afterwards. */
  sign(ledgerId: string, signer: NoteSigner): string {
    return signNote(this.#statement(ledgerId), [signer]);
  }

  /** Whether a note says of these sums that they are the whole backup. @throws {NoteRejected} */
  isSignedBy(note: string, ledgerId: string, verifier: NoteVerifier): boolean {
    return openNote(note, [verifier]).text === this.#statement(ledgerId);
  }

  #statement(ledgerId: string): string {
    return `clew/backup/${ledgerId}\n${this.#members}\n${this.#total.digest("base64")}\n`;
  }
}
