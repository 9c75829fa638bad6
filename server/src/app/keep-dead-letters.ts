import type { Subjects } from "@clew/schema";
import type { NatsBus, StreamMessage } from "../adapters/nats/index.ts";
import { nodeOf } from "../core/define-node.ts";
import { isWaitingFor, Run } from "../features/runs/index.ts";
import type { FollowerLog } from "../ledger/follower.ts";
import type { NodeReader } from "../ports/node-reader.ts";
import { type Offer, type QueuedInvitation, untakenHandler } from "../transports/nats/untaken-invitations.ts";
import type { NatsDeadLetters } from "./dead-letter-store.ts";

const ADVISORIES_AT_ONCE = 8;

/** Hears from NATS which invitations nobody took, and keeps them as dead letters. */
export async function keepUntaken(
  bus: NatsBus,
  { streams, deadJob }: Subjects,
  letters: NatsDeadLetters,
  reader: NodeReader,
  log: FollowerLog,
): Promise<void> {
  const bury = async (invitation: QueuedInvitation, offer: Offer, deliveries: number) => {
    const { subject, seq, data } = invitation;
    const reason = `no runner took it in ${deliveries} deliveries`;
    const letter = { subject, reason, deliveries, invited: offer };
    await letters.bury(deadJob(offer.runId), { stream: streams.jobs, seq, data }, letter);
    log.warn({ runId: offer.runId, attempt: offer.attempt, deliveries }, "no runner took an invitation: a dead letter");
  };
  const handle = untakenHandler({
    find: (seq) => bus.stored.at(streams.jobs, seq),
    isAwaited: (offer) => isAwaited(reader, offer),
    bury,
    remove: (seq) => bus.stored.remove(streams.jobs, seq),
    log,
  });
  await bus.consume(streams.untaken, "server", ADVISORIES_AT_ONCE, handle);
}

async function isAwaited(reader: NodeReader, offer: Offer): Promise<boolean> {
  const [state] = await reader.byIds([offer.runId]);
  return state?.type === Run.name && isWaitingFor(nodeOf(Run, state), offer);
}

/** Keeps a runner's request that could not be used. */
export async function keepMutation(
  { streams, deadMutation }: Subjects,
  letters: NatsDeadLetters,
  message: Pick<StreamMessage, "subject" | "seq" | "data" | "deliveries">,
  reason: string,
): Promise<void> {
  const { subject, seq, data, deliveries } = message;
  const letter = { subject, reason, deliveries, invited: null };
  await letters.bury(deadMutation(seq), { stream: streams.mutations, seq, data }, letter);
}
