import { afterAll, describe } from "vitest";
import { describeWebhooks } from "../server/src/app/webhooks.contract.ts";
import { freshDatabase, postgresForTests } from "./support/postgres.ts";

describe("PostgreSQL", () => {
  const made: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const undo of made.toReversed()) await undo();
  });
  describeWebhooks(async () => {
    const postgres = await postgresForTests();
    const { url, drop } = await freshDatabase(postgres);
    made.push(() => postgres.stop(), drop);
    return url;
  });
});
