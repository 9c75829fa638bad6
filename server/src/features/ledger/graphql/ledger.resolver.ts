import { GraphQLSafeInt } from "graphql-scalars";
import { Arg, Ctx, Int, Mutation, Query, Resolver } from "type-graphql";
import { openEntry } from "../../../core/define-fact.ts";
import { pageSize } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { clientError, notFound } from "../../../graphql/errors.ts";
import { payloadType } from "../../../graphql/payload.ts";
import { can } from "../../../graphql/principal.ts";
import { GraphQLJSON } from "../../../graphql/scalars.ts";
import type { Checkpointer } from "../../../ledger/checkpointer.ts";
import type { Follower } from "../../../ledger/follower.ts";
import type { LedgerEntry } from "../../../ports/ledger-store.ts";
import { readEntries } from "../read-entries.ts";
import type { VerifierParts } from "../verifier.ts";
import {
  FollowerState,
  LedgerConsistency,
  LedgerEntryPage,
  LedgerEntryType,
  LedgerProof,
  LedgerType,
} from "./ledger.types.ts";

export interface LedgerParts extends VerifierParts {
  /** The types of entries that there are. */
  readonly knownTypes: readonly string[];
  readonly checkpointer: Checkpointer;
  readonly verifierKey: string;
  readonly graph: Follower;
  /** Those of this server, the graph's too. */
  readonly followers: readonly Follower[];
}

const RebuildGraphPayload = payloadType("rebuildGraph", {});

@Resolver()
export class LedgerResolver {
  readonly #parts: LedgerParts;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
  }

  @Query(() => LedgerType, { description: "The ledger and its newest signed head." })
  async ledger(): Promise<LedgerType> {
    const { store, checkpointer, verifierKey } = this.#parts;
    const { ledgerId, seq } = await store.head();
    const checkpoint = checkpointer.latest?.note ?? null;
    return { ledgerId, size: seq, checkpoint, verifierKey, readOnly: checkpointer.fork };
  }

  @Query(() => LedgerEntryPage, {
    description: "Every fact in order, to resume from: for those who may read every namespace.",
  })
  async ledgerEntries(
    @Arg("first", () => Int, { nullable: true }) first: number | undefined,
    @Arg("after", () => GraphQLSafeInt, { defaultValue: 0, description: "The entry before the first one asked for." })
    after: number,
    @Arg("types", () => [String], {
      nullable: true,
      description: "Only these. Then a page may be short although `hasMore`: resume from `endSeq`.",
    })
    types: string[] | undefined,
    @Ctx() context: Context,
  ): Promise<LedgerEntryPage> {
    mustReadAll(context);
    if (after < 0) throw clientError("INVALID_INPUT", "after must not be negative", { path: ["after"] });
    const unknown = types?.find((type) => !this.#parts.knownTypes.includes(type));
    if (unknown !== undefined)
      throw clientError("INVALID_INPUT", `there are no ${unknown} entries`, { path: ["types"] });
    const query = { after, limit: pageSize(first), types: types ? new Set(types) : null };
    const { entries, endSeq, hasMore } = await readEntries(this.#parts.store, query);
    return { entries: entries.map(toEntry), endSeq, hasMore };
  }

  @Query(() => GraphQLJSON, {
    nullable: true,
    description:
      'What stands for `{"$document": digest}` in a payload: the SHA-256 of its canonical JSON (RFC 8785) is the digest.',
  })
  async ledgerDocument(@Arg("digest", () => String) digest: string, @Ctx() context: Context): Promise<unknown> {
    mustReadAll(context);
    const text = (await this.#parts.documents.reader.documents([digest])).get(digest);
    return text === undefined ? null : JSON.parse(text);
  }

  @Query(() => LedgerProof, { description: "Proves that the newest signed head covers an entry." })
  async ledgerProof(@Arg("seq", () => GraphQLSafeInt) seq: number, @Ctx() context: Context): Promise<LedgerProof> {
    mustReadAll(context);
    const { checkpointer } = this.#parts;
    if (checkpointer.fork !== null) throw clientError("LEDGER_READ_ONLY", checkpointer.fork);
    const proof = await checkpointer.prove(seq);
    if (proof === null) throw notFound("ledger entry");
    const { head, leafHash, path } = proof;
    return {
      seq,
      leafHash: hex(leafHash),
      size: head.size,
      root: hex(head.root),
      path: path.map(hex),
      checkpoint: head.note,
    };
  }

  @Query(() => LedgerConsistency, {
    description:
      "Proves that the ledger of `first` entries is a beginning of the ledger of `second`: for those who may read every namespace.",
  })
  async ledgerConsistency(
    @Arg("first", () => GraphQLSafeInt, { description: "The size of an earlier signed head." }) first: number,
    @Arg("second", () => GraphQLSafeInt, { description: "A later size, at most what the ledger has." }) second: number,
    @Ctx() context: Context,
  ): Promise<LedgerConsistency> {
    mustReadAll(context);
    if (first < 0 || first > second)
      throw clientError("INVALID_INPUT", "first must be between 0 and second", { path: ["first"] });
    const { checkpointer } = this.#parts;
    if (checkpointer.fork !== null) throw clientError("LEDGER_READ_ONLY", checkpointer.fork);
    const proof = await checkpointer.proveConsistency(first, second);
    if (proof === null) throw notFound("ledger entry");
    return { first, second, path: proof.path.map(hex), checkpoint: proof.head.note };
  }

  @Query(() => [FollowerState], { description: "How far this server's followers have come." })
  followers(@Ctx() context: Context): FollowerState[] {
    mustReadAll(context);
    return this.#parts.followers.map(({ name, seq, halted }) => ({ name, seq, halted }));
  }

  @Mutation(() => RebuildGraphPayload, {
    description:
      "Empties the lineage graph and fills it again from the ledger, while mutations go on. No fact; nothing else is done again. `ledgerSeq` is where the graph will be complete. For administrators.",
  })
  async rebuildGraph(@Ctx() context: Context) {
    mustAdminister(context);
    const { seq } = await this.#parts.store.head();
    await this.#parts.graph.restart();
    return { userErrors: [], ledgerSeq: seq, projected: false };
  }
}

/** @throws FORBIDDEN for who may not read every namespace. */
export function mustReadAll({ principal }: Context): void {
  if (!can(principal, "VIEWER", "*"))
    throw clientError("FORBIDDEN", "the ledger is for those who may read every namespace");
}

function mustAdminister({ principal }: Context): void {
  if (!can(principal, "ADMIN", "*")) throw clientError("FORBIDDEN", "this is for administrators");
}

export function toEntry(entry: LedgerEntry): LedgerEntryType {
  const { seq, type, recordedAt, leafHash } = entry;
  const { v, by, payload } = openEntry(entry);
  return { seq, type, version: v, recordedAt, by, payload, leafHash };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
