import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Checkpoint, parseCheckpointText, signCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import {
  type NoteRejection,
  NoteRejected,
  generateNoteKey,
  openNote,
  parseSignerKey,
  parseVerifierKey,
  signNote,
} from "./signed-note.ts";

// Keys, text and signatures of Go's sumdb/note tests, and the note that C2SP shows.
const PETER_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const TEXT = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.
`;
const PETER_LINE =
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH_LINE =
  "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
const NOTE = `${TEXT}\n${PETER_LINE}${ENOCH_LINE}`;
const peter = parseVerifierKey(PETER);
const enoch = parseVerifierKey(ENOCH);

function rejection(act: () => unknown): NoteRejection | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof NoteRejected) return error.reason;
    throw error;
  }
}

describe("signed notes, against Go's sumdb/note", () => {
  it("signs as Go signs", () => {
    const signer = parseSignerKey(PETER_SIGNER);
    expect(signNote(TEXT, [signer])).toBe(`${TEXT}\n${PETER_LINE}`);
    expect(signer.verifierKey).toBe(PETER);
  });

  it("opens with the keys that are known and ignores the others", () => {
    expect(openNote(NOTE, [peter])).toEqual({ text: TEXT, signedBy: [{ name: "PeterNeumann", keyId: "c74f20a3" }] });
    expect(openNote(NOTE, [enoch, peter]).signedBy).toHaveLength(2);
    expect(rejection(() => openNote(NOTE, []))).toBe("UNKNOWN_KEYS");
  });

  it("a third implementation's note opens", () => {
    const key = parseVerifierKey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    const line =
      "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    expect(openNote(`This is an example message.\n\n${line}`, [key]).text).toBe("This is an example message.\n");
  });

  it.each([
    TEXT,
    `${TEXT}\n`,
    `${TEXT}\n${PETER_LINE.slice(0, -1)}`,
    `\u0001${TEXT}\n${PETER_LINE}`,
    `\ud800${TEXT}\n${PETER_LINE}`,
    `${TEXT}\n${PETER_LINE}Unexpected line.\n`,
    `${TEXT}\n${PETER_LINE.replace("PeterNeumann", "Bad Name")}`,
    `${TEXT}\n${PETER_LINE.replace("—", "--")}`,
    `${TEXT}\n${PETER_LINE.replace("JnAM=", "JnAN=")}`,
    `${TEXT}\n${PETER_LINE.repeat(101)}`,
    `\n\n${PETER_LINE}`,
  ])("refuses malformed note %#", (note) => {
    expect(rejection(() => openNote(note, [peter]))).toBe("MALFORMED");
  });

  it("one changed character of text or signature is refused", () => {
    fc.assert(
      fc.property(fc.nat(TEXT.length - 2), (at) => {
        const changed = TEXT.slice(0, at) + (TEXT[at] === "x" ? "y" : "x") + TEXT.slice(at + 1);
        expect(rejection(() => openNote(`${changed}\n${PETER_LINE}`, [peter]))).toBe("BAD_SIGNATURE");
      }),
    );
    const otherSignature = PETER_LINE.replace("UgYN1F", "UgYN1G");
    expect(rejection(() => openNote(`${TEXT}\n${otherSignature}`, [peter]))).toBe("BAD_SIGNATURE");
    const wrong = `${TEXT}\n${ENOCH_LINE}${otherSignature}`;
    expect(rejection(() => openNote(wrong, [peter, enoch]))).toBe("BAD_SIGNATURE");
  });

  it("no part and no mangling of a key is a key", () => {
    for (let at = 0; at < PETER.length; at += 1) {
      const mangled = PETER.slice(0, at) + String.fromCharCode(PETER.charCodeAt(at) + 1) + PETER.slice(at + 1);
      expect(() => parseVerifierKey(mangled), mangled).toThrow(TypeError);
      expect(() => parseVerifierKey(PETER.slice(0, at))).toThrow(TypeError);
    }
    for (let at = 0; at < PETER_SIGNER.length; at += 1) {
      const mangled =
        PETER_SIGNER.slice(0, at) + String.fromCharCode(PETER_SIGNER.charCodeAt(at) + 1) + PETER_SIGNER.slice(at + 1);
      expect(() => parseSignerKey(mangled), mangled).toThrow(TypeError);
    }
    expect(() => parseVerifierKey("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")).toThrow(
      TypeError,
    );
  });

  it("new keys fit each other, and a message about a bad signer key does not hold it", () => {
    const { signerKey, verifierKey } = generateNoteKey("example.com/ledger");
    const note = signNote("text\n", [parseSignerKey(signerKey)]);
    expect(openNote(note, [parseVerifierKey(verifierKey)]).text).toBe("text\n");
    expect(() => generateNoteKey("two words")).toThrow(TypeError);
    expect(() => generateNoteKey("a+b")).toThrow(TypeError);
    expect(() => parseSignerKey(`${signerKey}x`)).toThrow(/^this is no Ed25519 signer key$/);
  });
});

describe("checkpoints", () => {
  const origin = "example.com/behind-the-sofa";
  const key = generateNoteKey(origin);
  const signer = parseSignerKey(key.signerKey);
  const verifier = parseVerifierKey(key.verifierKey);
  const root = Buffer.from("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", "base64");

  it("has the text that C2SP shows", () => {
    const note = signCheckpoint({ origin, size: 20852163, root, extensions: [] }, [signer]);
    const text = `${origin}\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n`;
    expect(note.startsWith(`${text}\n— ${origin} `)).toBe(true);
    expect(parseCheckpointText(text)).toEqual({ origin, size: 20852163, root, extensions: [] });
  });

  it("reads back what it signed, for the same origin and key only", () => {
    const line = fc.string({ minLength: 1, maxLength: 30, unit: "grapheme-composite" });
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.array(line),
        (size, bytes, extensions) => {
          const checkpoint: Checkpoint = { origin, size, root: Buffer.from(bytes), extensions };
          const note = signCheckpoint(checkpoint, [signer]);
          expect(verifyCheckpoint(note, origin, [verifier])).toEqual(checkpoint);
          expect(rejection(() => verifyCheckpoint(note, "example.com/other", [verifier]))).toBe("MALFORMED");
          expect(rejection(() => verifyCheckpoint(note, origin, [peter]))).toBe("UNKNOWN_KEYS");
        },
      ),
    );
  });

  it("a signature does not carry over to another size", () => {
    const note = signCheckpoint({ origin, size: 7, root, extensions: [] }, [signer]);
    const forged = note.replace("\n7\n", "\n8\n");
    expect(rejection(() => verifyCheckpoint(forged, origin, [verifier]))).toBe("BAD_SIGNATURE");
  });

  it.each([
    `${origin}\n07\n`,
    `${origin}\n-1\n`,
    `${origin}\n1e3\n`,
    `${origin}\n9007199254740992\n`,
    `${origin}\n\n`,
    "\n7\n",
  ])("refuses the head %j", (head) => {
    expect(rejection(() => parseCheckpointText(`${head}${root.toString("base64")}\n`))).toBe("MALFORMED");
  });

  it("refuses to write what could not be read", () => {
    expect(() => signCheckpoint({ origin: "", size: 1, root, extensions: [] }, [signer])).toThrow(RangeError);
    expect(() => signCheckpoint({ origin, size: 1.5, root, extensions: [] }, [signer])).toThrow(RangeError);
    expect(() => signCheckpoint({ origin, size: 1, root: root.subarray(1), extensions: [] }, [signer])).toThrow(
      RangeError,
    );
    expect(() => signCheckpoint({ origin, size: 1, root, extensions: ["a\nb"] }, [signer])).toThrow(RangeError);
  });
});
