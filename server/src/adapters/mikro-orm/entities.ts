import { defineEntity, p } from "@mikro-orm/core";

/**
 * The fixed tables: none for each noun. Times are milliseconds since 1970. Text that holds JSON stays text in both databases: the bytes
 * come back as they went in, and PostgreSQL's jsonb refuses strings that hold U+0000.
 */
const time = () => p.bigint("number");
const seq = () => p.bigint("number");

export const LedgerEntity = defineEntity({
  name: "Ledger",
  tableName: "ledger",
  properties: {
    // SQLite's row id must be called integer; in PostgreSQL that is 32 bits, 2,147,483,647 entries.
    seq: p.integer().primary().autoincrement(false),
    recordedAt: time(),
    type: p.string().length(100),
    bytes: p.blob(),
    leafHash: p.string().length(64),
  },
});

export const LedgerHeadEntity = defineEntity({
  name: "LedgerHead",
  tableName: "ledger_head",
  properties: {
    id: p.integer().primary().autoincrement(false),
    ledgerId: p.string().length(36),
    seq: seq(),
    recordedAt: time(),
    leafHash: p.string().length(64),
  },
});

export const NodeEntity = defineEntity({
  name: "Node",
  tableName: "node",
  // Each is one more page to write for every node that it holds, and most nodes lack most of these columns.
  indexes: [
    { name: "node_newest", properties: ["type", "createdSeq"] },
    { name: "node_name", properties: ["name", "type"], where: "name is not null" },
    { name: "node_parent", properties: ["parent", "version"], where: "parent is not null" },
    { name: "node_state", properties: ["type", "state", "createdSeq"], where: "state is not null" },
    { name: "node_digest", properties: ["digest"], where: "digest is not null" },
    { name: "node_facet1", properties: ["facet1", "type", "createdSeq", "id"], where: "facet1 is not null" },
    { name: "node_facet2", properties: ["facet2", "type", "createdSeq", "id"], where: "facet2 is not null" },
    { name: "node_facet3", properties: ["facet3", "type", "createdSeq", "id"], where: "facet3 is not null" },
    { name: "node_facet4", properties: ["facet4", "type", "createdSeq", "id"], where: "facet4 is not null" },
    { name: "node_ends", properties: ["type", "createdSeq", "id"], where: "ends is not null" },
  ],
  properties: {
    id: p.string().length(80).primary(),
    type: p.string().length(41),
    namespace: p.string().length(63).nullable(),
    name: p.string().length(255).nullable(),
    version: p.integer().nullable(),
    /** The asset of a version, the run of a report. */
    parent: p.string().length(80).nullable(),
    state: p.string().length(20).nullable(),
    digest: p.string().length(71).nullable(),
    attributes: p.text(),
    createdSeq: seq(),
    changedSeq: seq(),
    /** Texts of attributes that lists are filtered by, and the ends of an edge: node-facets.ts says which. */
    facet1: p.string().length(255).nullable(),
    facet2: p.string().length(255).nullable(),
    facet3: p.string().length(255).nullable(),
    facet4: p.string().length(255).nullable(),
    ends: p.text().nullable(),
  },
});

export const NodeHistoryEntity = defineEntity({
  name: "NodeHistory",
  tableName: "node_history",
  properties: {
    id: p.string().length(80).primary(),
    /** The row was the node's state from this entry on … */
    fromSeq: p.integer().primary().autoincrement(false),
    /** … until this one replaced it. */
    untilSeq: seq(),
    attributes: p.text(),
  },
});

export const FileEntity = defineEntity({
  name: "File",
  tableName: "file",
  indexes: [{ name: "file_digest", properties: ["digest"] }],
  properties: {
    versionId: p.string().length(80).primary(),
    path: p.string().length(1024).primary(),
    digest: p.string().length(71),
    sizeBytes: p.bigint("number"),
  },
});

export const TagEntity = defineEntity({
  name: "Tag",
  tableName: "tag",
  indexes: [{ name: "tag_value", properties: ["value", "key"] }],
  properties: {
    nodeId: p.string().length(80).primary(),
    kind: p.string().length(5).primary(),
    key: p.string().length(63).primary(),
    recordedSeq: p.integer().primary().autoincrement(false),
    validFrom: p.bigint("number").primary().autoincrement(false),
    value: p.string().length(500),
    validTo: time().nullable(),
    endedSeq: seq().nullable(),
  },
});

export const IdempotencyEntity = defineEntity({
  name: "Idempotency",
  tableName: "idempotency",
  properties: {
    principal: p.string().length(80).primary(),
    mutation: p.string().length(60).primary(),
    key: p.string().length(500).primary(),
    inputDigest: p.string().length(71),
    seq: seq(),
    answer: p.text(),
  },
});

export const TokenEntity = defineEntity({
  name: "Token",
  tableName: "token",
  indexes: [{ name: "token_hash", properties: ["hash"] }],
  properties: {
    id: p.string().length(80).primary(),
    hash: p.string().length(64),
    name: p.string().length(255),
    agentId: p.string().length(80),
    grants: p.text(),
    expiresAt: time().nullable(),
    revokedAt: time().nullable(),
  },
});

export const PersonalEntity = defineEntity({
  name: "Personal",
  tableName: "personal",
  indexes: [
    { name: "personal_subject", properties: ["subject"] },
    { name: "personal_seq", properties: ["seq"] },
  ],
  properties: {
    digest: p.string().length(71).primary(),
    salt: p.string().length(32),
    value: p.text(),
    subject: p.string().length(80),
    path: p.text(),
    seq: seq(),
  },
});

export const DocumentEntity = defineEntity({
  name: "Document",
  tableName: "document",
  properties: { digest: p.string().length(71).primary(), text: p.text() },
});

/** No node's id: `seq` is the entry that made it, which is short, and comes in order. */
export const ValueEntity = defineEntity({
  name: "Value",
  tableName: "value",
  properties: {
    key: p.bigint("number").primary().autoincrement(false),
    number: p.double().primary().autoincrement(false),
    text: p.string().length(200).primary(),
    seq: p.bigint("number").primary().autoincrement(false),
  },
});

export const LeaseEntity = defineEntity({
  name: "Lease",
  tableName: "lease",
  indexes: [{ name: "lease_expiry", properties: ["expiresAt"] }],
  properties: {
    runId: p.string().length(80).primary(),
    attempt: p.integer(),
    runnerId: p.string().length(80),
    tokenHash: p.string().length(64),
    expiresAt: time(),
  },
});

export const PositionEntity = defineEntity({
  name: "Position",
  tableName: "position",
  properties: { follower: p.string().length(60).primary(), seq: seq(), kept: p.text().nullable() },
});

export const MeasurementEntity = defineEntity({
  name: "Measurement",
  tableName: "measurement",
  // A page of a run's points, in the order in which they were measured.
  indexes: [{ name: "measurement_order", properties: ["runId", "n"] }],
  properties: {
    runId: p.string().length(80).primary(),
    attempt: p.integer().primary().autoincrement(false),
    name: p.string().length(200).primary(),
    step: p.bigint("number").primary().autoincrement(false),
    n: p.bigint("number").primary().autoincrement(false),
    at: time(),
    value: p.text(),
  },
});

export const LogLineEntity = defineEntity({
  name: "LogLine",
  tableName: "log_line",
  properties: {
    runId: p.string().length(80).primary(),
    attempt: p.integer().primary().autoincrement(false),
    n: p.bigint("number").primary().autoincrement(false),
    at: time(),
    level: p.string().length(5),
    text: p.text(),
  },
});

export const WebhookEntity = defineEntity({
  name: "Webhook",
  tableName: "webhook",
  properties: {
    id: p.string().length(80).primary(),
    namespace: p.string().length(63),
    url: p.text(),
    types: p.text().nullable(),
    format: p.string().length(16).default("JSON"),
    address: p.text().nullable(),
    severity: p.string().length(16).nullable(),
    about: p.string().length(80).nullable(),
    secretHash: p.string().length(64),
    createdBy: p.string().length(80),
    createdAt: time(),
    position: seq(),
    failures: p.integer(),
    nextAttemptAt: time(),
    lastError: p.text().nullable(),
    deliveredAt: time().nullable(),
    disabledReason: p.text().nullable(),
    endedAt: time().nullable(),
  },
});

export const ENTITIES = [
  LedgerEntity,
  LedgerHeadEntity,
  NodeEntity,
  NodeHistoryEntity,
  FileEntity,
  TagEntity,
  IdempotencyEntity,
  TokenEntity,
  LeaseEntity,
  PositionEntity,
  MeasurementEntity,
  LogLineEntity,
  WebhookEntity,
  PersonalEntity,
  DocumentEntity,
  ValueEntity,
];
