import { GraphQLSafeInt } from "graphql-scalars";
import { Field, ID, Int, ObjectType } from "type-graphql";
import { GraphQLDateTime, GraphQLJSON } from "../../../graphql/scalars.ts";

@ObjectType("LedgerEntry", { description: "A fact as the ledger holds it." })
export class LedgerEntryType {
  @Field(() => GraphQLSafeInt, { description: "Its number: 1 for the first, and no gaps." })
  seq!: number;

  @Field(() => String)
  type!: string;

  @Field(() => Int, { description: "The version of the payload's schema." })
  version!: number;

  @Field(() => GraphQLDateTime, { description: "Never before the entry before it." })
  recordedAt!: number;

  @Field(() => ID, { description: "The agent who established the fact." })
  by!: string;

  @Field(() => GraphQLJSON)
  payload!: unknown;

  @Field(() => String, {
    description: "SHA-256(0x00 ‖ the entry's bytes) in hex: its leaf in the Merkle tree (RFC 9162).",
  })
  leafHash!: string;
}

@ObjectType("LedgerEntryPage", { description: "A page of the change feed." })
export class LedgerEntryPage {
  @Field(() => [LedgerEntryType])
  entries!: LedgerEntryType[];

  @Field(() => GraphQLSafeInt, { description: "Pass it as `after` for what follows, now or later." })
  endSeq!: number;

  @Field(() => Boolean, { description: "Whether entries follow already." })
  hasMore!: boolean;
}

@ObjectType("Ledger", { description: "The append-only record of every fact." })
export class LedgerType {
  @Field(() => ID)
  ledgerId!: string;

  @Field(() => GraphQLSafeInt, { description: "Its entries." })
  size!: number;

  @Field(() => String, {
    nullable: true,
    description: "The newest signed head, a C2SP tlog-checkpoint: at most a second old. Null before the first.",
  })
  checkpoint!: string | null;

  @Field(() => String, { description: "The public key to verify the checkpoint with, as C2SP signed-note writes it." })
  verifierKey!: string;

  @Field(() => String, { nullable: true, description: "Why nothing more is written; null as long as all is well." })
  readOnly!: string | null;
}

@ObjectType("LedgerProof", { description: "Proves that a signed head covers an entry (RFC 9162 section 2.1.3)." })
export class LedgerProof {
  @Field(() => GraphQLSafeInt, { description: "The entry; its leaf index in the tree is one less." })
  seq!: number;

  @Field(() => String, { description: "Hex." })
  leafHash!: string;

  @Field(() => GraphQLSafeInt, { description: "The leaves of the signed tree." })
  size!: number;

  @Field(() => String, { description: "The root of the signed tree, hex." })
  root!: string;

  @Field(() => [String], { description: "The audit path in hex, nearest sibling first." })
  path!: string[];

  @Field(() => String, { description: "The signed head." })
  checkpoint!: string;
}

@ObjectType("LedgerConsistency", {
  description:
    "Proves that the ledger of an earlier size is a beginning of a later one (RFC 9162 section 2.1.4): whoever noted the earlier root can tell that nothing in it was changed since.",
})
export class LedgerConsistency {
  @Field(() => GraphQLSafeInt)
  first!: number;

  @Field(() => GraphQLSafeInt)
  second!: number;

  @Field(() => [String], {
    description: "The consistency path in hex; empty when the sizes are equal or `first` is 0.",
  })
  path!: string[];

  @Field(() => String, { description: "The signed head over the first `second` entries." })
  checkpoint!: string;
}

@ObjectType("FollowerState", { description: "How far something that reads the ledger in order has come." })
export class FollowerState {
  @Field(() => String)
  name!: string;

  @Field(() => GraphQLSafeInt, { description: "The newest entry that this server knows to be done." })
  seq!: number;

  @Field(() => String, { nullable: true, description: "Why it stands still; null while it goes on." })
  halted!: string | null;
}
