import { GraphQLSafeInt } from "graphql-scalars";
import { Field, ID, ObjectType } from "type-graphql";

@ObjectType("LedgerFault")
export class LedgerFaultType {
  @Field(() => GraphQLSafeInt, { nullable: true, description: "The entry; null when it is the signed head itself." })
  seq!: number | null;

  @Field(() => String)
  reason!: string;
}

@ObjectType("RecordFault", { description: "Where the tables that people read do not say what the ledger says." })
export class RecordFaultType {
  @Field(() => String, { description: "node, node_history, tag, value or file." })
  table!: string;

  @Field(() => ID, {
    nullable: true,
    description: "The node whose row it is; null where only the number of rows is wrong, or an entry cannot be read.",
  })
  id!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "What differs, as in attributes.metrics.0.value; null for a row that is missing or too many.",
  })
  field!: string | null;

  @Field(() => GraphQLSafeInt, { nullable: true, description: "The entry that tells of it; null where none does." })
  seq!: number | null;

  @Field(() => String, { description: "What the ledger says, and what the row." })
  reason!: string;
}

@ObjectType("RecordsVerification", { description: "What comparing the tables that people read with the ledger found." })
export class RecordsVerificationType {
  @Field(() => Boolean)
  ok!: boolean;

  @Field(() => GraphQLSafeInt, { description: "Entries whose records were found right, from the first on." })
  entries!: number;

  @Field(() => GraphQLSafeInt, { description: "Rows that were compared." })
  rows!: number;

  @Field(() => RecordFaultType, { nullable: true })
  firstFault!: RecordFaultType | null;
}

@ObjectType("LedgerVerification", { description: "What reading the whole ledger found." })
export class LedgerVerification {
  @Field(() => Boolean, { description: "Whether everything holds, the records too where they were compared." })
  ok!: boolean;

  @Field(() => GraphQLSafeInt, { description: "Entries that were found right, from the first on." })
  entries!: number;

  @Field(() => String, { description: "The Merkle root over those, hex." })
  root!: string;

  @Field(() => LedgerFaultType, { nullable: true, description: "Of the ledger; or, where that holds, of the records." })
  firstFault!: LedgerFaultType | null;

  @Field(() => RecordsVerificationType, {
    nullable: true,
    description: "Null where it was not asked for, or the ledger itself does not hold.",
  })
  records!: RecordsVerificationType | null;
}

@ObjectType("LedgerVerificationProgress", { description: "How far the verification has come that runs now." })
export class LedgerVerificationProgress {
  @Field(() => Boolean)
  isRunning!: boolean;

  @Field(() => GraphQLSafeInt, { description: "Entries whose records were compared so far." })
  entries!: number;

  @Field(() => GraphQLSafeInt, {
    description: "Entries of which the records are compared; 0 until the ledger is read.",
  })
  size!: number;
}
