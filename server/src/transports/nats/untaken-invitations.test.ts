import { ROUND_HEADER } from "@clew/schema";
import { expect, test } from "vitest";
import { type Offer, type QueuedInvitation, untakenHandler } from "./untaken-invitations.ts";

const RUN = `Run:${"0".repeat(32)}`;
const INVITATION = {
  schema: "clew/job-invitation/1",
  runId: RUN,
  attempt: 2,
  plugin: "p@1.0.0",
  queuedAt: "2026-01-01T00:00:00.000Z",
};

/** A queue with one message, number 7, and what became of it. */
function aQueue(body: unknown = INVITATION, isAwaited = true) {
  const queue = new Map<number, QueuedInvitation>();
  const header = (name: string) => (name === ROUND_HEADER ? "1234" : undefined);
  queue.set(7, { seq: 7, subject: "s", data: Buffer.from(JSON.stringify(body)), header });
  const buried: { offer: Offer; deliveries: number }[] = [];
  let acknowledged = 0;
  const faults: Error[] = [];
  const handle = untakenHandler({
    find: async (seq) => queue.get(seq) ?? null,
    isAwaited: async () => isAwaited,
    bury: async (_, offer, deliveries) => {
      const fault = faults.pop();
      if (fault) throw fault;
      buried.push({ offer, deliveries });
    },
    remove: async (seq) => void queue.delete(seq),
    log: { warn: () => {} },
  });
  const hear = (said: unknown = { stream_seq: 7, deliveries: 20 }) =>
    handle({ data: Buffer.from(JSON.stringify(said)), ack: () => void acknowledged++ });
  return { queue, buried, faults, hear, acknowledged: () => acknowledged };
}

test("an invitation that nobody took is kept first, then removed, then the advisory is acknowledged", async () => {
  const { queue, buried, faults, hear, acknowledged } = aQueue();
  faults.push(new Error("the server died here"));
  await expect(hear()).rejects.toThrow("died here");
  expect([queue.size, acknowledged()]).toEqual([1, 0]);
  await hear();
  expect(buried).toEqual([{ offer: { runId: RUN, attempt: 2, round: 1234 }, deliveries: 20 }]);
  expect([queue.size, acknowledged()]).toEqual([0, 1]);
  await hear();
  expect([buried.length, acknowledged()]).toEqual([1, 2]);
});

test.each([
  ["to a run that does not wait for it", INVITATION, false],
  ["that is none", { runId: "a.b" }, true],
])("an invitation %s is removed and not kept", async (_, body, isAwaited) => {
  const { queue, buried, hear, acknowledged } = aQueue(body, isAwaited);
  await hear();
  expect([queue.size, buried.length, acknowledged()]).toEqual([0, 0, 1]);
});

test("what is no advisory touches nothing and does not come again", async () => {
  const { queue, hear, acknowledged } = aQueue();
  await hear({ stream_seq: "7" });
  expect([queue.size, acknowledged()]).toEqual([1, 1]);
});
