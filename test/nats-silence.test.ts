import { startNats } from "@clew/cli/services";
import { subjects } from "@clew/schema";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { NatsLink } from "../runners/node/src/nats-link.ts";
import { NatsBus } from "../server/src/adapters/nats/index.ts";
import { cuttingProxy } from "./support/cutting-proxy.ts";
import { aFolder, eventually } from "./support/runner-host.ts";

/** Less than a lease. */
const SOON_MS = 25_000;

test("a connection to NATS that the network has lost without a word is made anew by server and runner within a lease", async () => {
  const nats = await startNats({ dir: await aFolder("nats"), own: true });
  onTestFinished(async () => await nats.stop());
  const proxy = await cuttingProxy("127.0.0.1", nats.port);
  onTestFinished(async () => await proxy.close());
  const url = `nats://127.0.0.1:${proxy.port}`;
  const said: string[] = [];
  const say = (_: object, message: string) => void said.push(message);
  const bus = await NatsBus.open({ url, subjects: subjects("silence"), log: { info: say, warn: say } });
  onTestFinished(async () => await bus.close());
  const { signal } = new AbortController();
  const log = pino({ level: "silent" });
  const link = await NatsLink.open({ url, token: null, credentials: null, runnerId: "Runner:1", log, signal });
  onTestFinished(async () => await link.connection.close());
  const heard: string[] = [];
  bus.listen("silence.runners.*", (data) => void heard.push(new TextDecoder().decode(data)));
  const reconnected = new Promise<void>((resolve) => link.onReconnect(resolve));

  proxy.fallSilent();
  await eventually(() => expect(said.at(-1)).toBe("NATS is reachable again"), SOON_MS);
  expect(said).toContain("NATS is not reachable; trying again");
  await reconnected;
  // As heartbeats are: again and again.
  await eventually(() => {
    link.connection.publish("silence.runners.1", "a heartbeat");
    expect(heard).toContain("a heartbeat");
  });
});
