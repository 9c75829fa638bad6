import { generateNoteKey, parseSignerKey, parseVerifierKey } from "@clew/schema";
import { describe, expect, test } from "vitest";
import { Sums } from "./sums.ts";

const { signerKey, verifierKey } = generateNoteKey("clew");
const signer = parseSignerKey(signerKey);
const verifier = parseVerifierKey(verifierKey);

/** Adds so many members, one of them with other content, and takes a part whenever one is due. */
function summed(members: number, other = -1): Sums {
  const sums = new Sums();
  for (let n = 0; n < members; n++) {
    sums.add(`member-${n}`, (n === other ? "cd" : "ab").repeat(32));
    if (sums.isPartDue) sums.part();
  }
  return sums;
}

describe("sums", () => {
  test("come in parts of 1,000, in the form of sha256sum", () => {
    const sums = summed(2_001);
    const { name, text } = sums.part();
    expect([name, text]).toEqual(["sums/000003.sha256", `${"ab".repeat(32)}  member-2000\n`]);
    expect(sums.open).toBe(0);
  });

  test.each([2_000, 2_002])("of %d members are not signed by the note of 2,001", (members) => {
    const whole = summed(2_001);
    whole.part();
    const other = summed(members);
    other.part();
    expect(other.isSignedBy(whole.sign("ledger", signer), "ledger", verifier)).toBe(false);
  });

  test.each([0, 999, 1_500, 2_000])("of which member %d is another are not signed by the same note", (member) => {
    const [whole, same, other] = [summed(2_001), summed(2_001), summed(2_001, member)];
    for (const sums of [whole, same, other]) sums.part();
    const note = whole.sign("ledger", signer);
    expect([same, other].map((sums) => sums.isSignedBy(note, "ledger", verifier))).toEqual([true, false]);
  });

  test("are signed for one ledger", () => {
    const signed = summed(3).sign("ledger", signer);
    expect(summed(3).isSignedBy(signed, "ledger", verifier)).toBe(true);
    expect(summed(3).isSignedBy(signed, "another", verifier)).toBe(false);
  });
});
