import { describe } from "vitest";
import { describeWebhooks } from "./webhooks.contract.ts";

describe("SQLite", () => describeWebhooks(async () => null));
