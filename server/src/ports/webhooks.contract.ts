import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Recorder } from "../ledger/recorder.ts";
import { type ContractDatabase, count, type OpenDatabase } from "./ledger-store.fixture.ts";
import type { SideRows } from "./ledger-store.ts";
import type { WebhookProgress, WebhookRow } from "./webhooks.ts";

const aWebhook = (row: Partial<WebhookRow> = {}): WebhookRow => ({
  id: "Webhook:one",
  namespace: "team",
  url: "https://example.com/hook",
  types: '["token.created"]',
  format: "EMAIL",
  address: "sealed",
  severity: "CRITICAL",
  about: "Model:one",
  secretHash: "00",
  createdBy: "Agent:one",
  createdAt: 1_900_000_000_000,
  position: 7,
  failures: 0,
  nextAttemptAt: 0,
  lastError: null,
  deliveredAt: null,
  disabledReason: null,
  endedAt: null,
  ...row,
});
const SOME: WebhookProgress = {
  position: 9,
  failures: 3,
  nextAttemptAt: 1_900_000_000_005,
  lastError: "HTTP 500",
  deliveredAt: 1_900_000_000_001,
  disabledReason: "gone",
};

/** Webhooks: rows that facts bring along, with progress that is none. */
export function describeWebhooks(open: OpenDatabase): void {
  describe("webhooks", () => {
    let database: ContractDatabase;
    beforeEach(async () => {
      database = await open();
    });
    afterEach(() => database.dispose());
    const record = (side: SideRows) => new Recorder(database.ledger).record(count("a", { side }));

    it("come with a fact, and go with one", async () => {
      await record({ webhooks: [aWebhook(), aWebhook({ id: "Webhook:two", types: null })] });
      expect(await database.webhooks.all()).toEqual([aWebhook(), aWebhook({ id: "Webhook:two", types: null })]);
      const ended = aWebhook({ endedAt: 1_900_000_000_009, address: null });
      await record({ webhooks: [ended] });
      expect(await database.webhooks.find("Webhook:one")).toEqual(ended);
      expect(await database.webhooks.find("Webhook:none")).toBeNull();
      expect(await database.webhooks.all()).toEqual([aWebhook({ id: "Webhook:two", types: null })]);
      expect(await database.webhooks.save("Webhook:one", SOME)).toBe(false);
    });

    it("keep their progress, and a position that never goes back", async () => {
      await record({ webhooks: [aWebhook()] });
      expect(await database.webhooks.save("Webhook:one", SOME)).toBe(true);
      expect(await database.webhooks.all()).toEqual([aWebhook(SOME)]);
      await database.webhooks.save("Webhook:one", { ...SOME, position: 8, lastError: null });
      expect(await database.webhooks.all()).toEqual([aWebhook({ ...SOME, lastError: null })]);
    });

    it("are taken up again by a fact where they stood", async () => {
      await record({ webhooks: [aWebhook()] });
      await database.webhooks.save("Webhook:one", SOME);
      await record({ webhooks: [aWebhook({ position: 1 })] });
      const { failures, nextAttemptAt, disabledReason } = aWebhook();
      expect(await database.webhooks.all()).toEqual([aWebhook({ ...SOME, failures, nextAttemptAt, disabledReason })]);
    });
  });
}
