import { contentId, digestOf } from "@clew/schema";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { aReceiver } from "../../../../test/support/webhook-receiver.ts";
import { openSqlite } from "../../adapters/mikro-orm/index.ts";
import { defineFact, FactCatalogue } from "../../core/define-fact.ts";
import { defineNode, place } from "../../core/define-node.ts";
import { LedgerTail } from "../../ledger/ledger-tail.ts";
import { Recorder } from "../../ledger/recorder.ts";
import { Courier } from "./courier.ts";
import { hashSecret, WebhookSecrets } from "./secrets.ts";

const Thing = defineNode("Thing", { description: "Stands somewhere.", fields: { namespace: z.string() }, edges: {} });
const Roamer = defineNode("Roamer", {
  description: "Stands nowhere, as agents do.",
  fields: { name: z.string() },
  edges: {},
});
/** One entry about things of several namespaces: no fact of the server's is, so far. */
const seen = defineFact({
  type: "test.seen",
  v: 1,
  payload: z.strictObject({ namespaces: z.array(z.string().nullable()) }),
  project: ({ namespaces }) =>
    namespaces.flatMap((namespace) => {
      const id = idOf(namespace);
      return namespace === null ? place(Roamer, { id, name: "r" }) : place(Thing, { id, namespace });
    }),
});
const idOf = (namespace: string | null) => contentId(namespace === null ? "Roamer" : "Thing", namespace ?? "");

const ID = "Webhook:019b0000-0000-7000-8000-000000000000";
const secrets = new WebhookSecrets(Buffer.alloc(32));
const ROW = {
  id: ID,
  types: null,
  format: "JSON" as const,
  address: null,
  severity: null,
  about: null,
  secretHash: hashSecret(secrets.of(ID)),
  createdBy: "Agent:test",
  createdAt: 0,
  position: 0,
  failures: 0,
  nextAttemptAt: 0,
  lastError: null,
  deliveredAt: null,
  disabledReason: null,
  endedAt: null,
};

test("an entry about things of several namespaces is told with those of the webhook's namespace and of none", async () => {
  const { ledger: store, nodes: reader, webhooks, close } = await openSqlite(":memory:");
  onTestFinished(close);
  const receiver = await aReceiver();
  onTestFinished(() => receiver.close());
  const row = { ...ROW, namespace: "mine", url: receiver.url };
  const recorder = new Recorder(store);
  const see = (...namespaces: (string | null)[]) =>
    recorder.record({
      principal: "Agent:test",
      mutation: "see",
      idempotencyKey: crypto.randomUUID(),
      inputDigest: digestOf(namespaces),
      heads: namespaces.map(idOf),
      decide: () => ({ facts: [seen.of({ namespaces })], answer: null, side: { webhooks: [row] } }),
    });
  for (const namespaces of [["hers"], [null], ["hers", "mine", null], ["mine"]]) await see(...namespaces);

  const end = new AbortController();
  const options = { maxAttempts: 3, timeoutMs: 5_000, allowPrivate: true };
  const tail = new LedgerTail(store, new FactCatalogue([seen]));
  const parts = { ledgerId: "l", store, tail, reader, webhooks, secrets, sendMail: null, options };
  const running = new Courier(parts, row, end.signal).run();
  onTestFinished(async () => {
    end.abort();
    await running.catch(() => {});
  });
  await expect.poll(() => receiver.deliveries.at(-1)?.message.seq).toBe(4);
  expect(receiver.deliveries.map(({ message }) => [message.seq, message.nodeIds])).toEqual([
    [3, [idOf("mine"), idOf(null)]],
    [4, [idOf("mine")]],
  ]);
});
