import { GraphQLSafeInt } from "graphql-scalars";
import { Arg, Ctx, Int, Mutation, Query, Resolver } from "type-graphql";
import { pageSize } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { clientError, notFound } from "../../../graphql/errors.ts";
import { payloadType } from "../../../graphql/payload.ts";
import { can } from "../../../graphql/principal.ts";
import { GraphQLJSON } from "../../../graphql/scalars.ts";
import type { Checkpointer } from "../../../ledger/checkpointer.ts";
import type { Follower } from "../../../ledger/follower.ts";
import type { DocumentParts } from "../../../ledger/verify-documents.ts";
import { type Verification, verifyLedger } from "../../../ledger/verify-ledger.ts";
import type { LedgerEntry, LedgerStore } from "../../../ports/ledger-store.ts";
import type { PersonalData } from "../../../ports/personal-data.ts";
import { openEntry, readEntries } from "../read-entries.ts";
import {
  FollowerState,
  LedgerEntryPage,
  LedgerEntryType,
  LedgerProof,
  LedgerType,
  LedgerVerification,
} from "./ledger.types.ts";

const VERIFY_MAX_MS = 15 * 60_000;

export interface LedgerParts {
  readonly store: LedgerStore;
  readonly personal: PersonalData;
  readonly documents: DocumentParts;
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
  #verifying: Promise<Verification> | null = null;

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

  @Query(() => LedgerVerification, {
    description:
      "Reads the whole ledger and recomputes every hash: some seconds for each million entries. For administrators.",
  })
  async verifyLedger(@Ctx() context: Context): Promise<LedgerVerification> {
    mustAdminister(context);
    // One at a time: who asks meanwhile gets the same answer.
    this.#verifying ??= this.#verify().finally(() => {
      this.#verifying = null;
    });
    return this.#verifying;
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

  async #verify(): Promise<Verification> {
    const { store, personal, documents, checkpointer } = this.#parts;
    const signed = await checkpointer.readSigned();
    const signal = AbortSignal.timeout(VERIFY_MAX_MS);
    if (typeof signed !== "string") return verifyLedger({ store, personal, documents, signed, signal });
    const found = await verifyLedger({ store, personal, documents, signed: null, signal });
    return { ...found, ok: false, firstFault: found.firstFault ?? { seq: null, reason: signed } };
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
