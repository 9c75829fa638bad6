import { JobInvitation, jsonIn, NodeId, ROUND_HEADER } from "@clew/schema";
import { z } from "zod";

/** What NATS says when a message was delivered as often as its consumer allows (`io.nats.jetstream.advisory.v1.max_deliver`). */
const MaxDeliveries = z.object({ stream_seq: z.number().int(), deliveries: z.number().int() });

export interface QueuedInvitation {
  readonly seq: number;
  readonly subject: string;
  readonly data: Uint8Array;
  header(name: string): string | undefined;
}

/** What an invitation offers; `round` tells which waiting of the run it is for. */
export interface Offer {
  readonly runId: string;
  readonly attempt: number;
  readonly round: number;
}

export interface UntakenParts {
  /** The invitation of that number, if it is in the queue still. */
  readonly find: (seq: number) => Promise<QueuedInvitation | null>;
  /** Whether its run waits for that invitation, and no other was asked for. */
  readonly isAwaited: (offer: Offer) => Promise<boolean>;
  readonly bury: (invitation: QueuedInvitation, offer: Offer, deliveries: number) => Promise<void>;
  readonly remove: (seq: number) => Promise<void>;
  readonly log: { warn(fields: object, message: string): void };
}

/**
 * Makes dead letters of invitations that nobody took. Each step may be done twice: the copy has the original's number as its message
 * id and its run's place, the original is removed when the copy is stored, and the advisory is acknowledged last.
 */
export function untakenHandler(parts: UntakenParts): (message: { data: Uint8Array; ack(): void }) => Promise<void> {
  return async (message) => {
    const advisory = MaxDeliveries.safeParse(jsonIn(message.data));
    if (advisory.success) await giveUp(parts, advisory.data.stream_seq, advisory.data.deliveries);
    else parts.log.warn({ issues: advisory.error.issues }, "an advisory that is none");
    message.ack();
  };
}

async function giveUp({ find, isAwaited, bury, remove, log }: UntakenParts, seq: number, deliveries: number) {
  const invitation = await find(seq);
  if (invitation === null) return;
  const offer = offerOf(invitation);
  if (offer === null) log.warn({ seq, subject: invitation.subject }, "an invitation that is none; dropped");
  else if (await isAwaited(offer)) await bury(invitation, offer, deliveries);
  await remove(seq);
}

function offerOf(invitation: QueuedInvitation): Offer | null {
  const { data } = JobInvitation.safeParse(jsonIn(invitation.data));
  if (data === undefined || !NodeId.safeParse(data.runId).success) return null;
  return { runId: data.runId, attempt: data.attempt, round: Number(invitation.header(ROUND_HEADER)) };
}
