import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { PluginManifest } from "@clew/schema";
import { FollowRunDocument, type FollowRunSubscription } from "@clew/schema/graphql";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { runCli } from "../cli/src/program.ts";
import { startNats, type NatsService } from "../cli/src/services/index.ts";
import { createLogger, startRunner } from "../runners/node/src/index.ts";
import { aPlugin, aQueuedRun, aRunner } from "./support/builders.ts";
import { bearer } from "./support/answer.ts";
import { eventsOf } from "./support/event-stream.ts";
import { aFolder, aShellPlugin, eventually, hostConfig } from "./support/runner-host.ts";
import { theRun } from "./support/metering-runs.ts";
import { startTestServer, type TestServer, unique } from "./support/server.ts";
import { type Subscriber, subscribeTo } from "./support/subscriber.ts";

const SPEAKING = `
echo '{"type":"log","level":"info","message":"begun"}'
echo '{"type":"metric","name":"loss","value":0.5,"step":1}'
while [ ! -e "$CLEW_PARAMETER_until" ]; do sleep 0.05; done
echo '{"type":"progress","fraction":1,"message":"all of it"}'
echo '{"type":"log","level":"warn","message":"last words"}'
echo '{"type":"result"}'
`;

type Happening = FollowRunSubscription["runEvents"];

let nats: NatsService;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "clew-follow-"));
  nats = await startNats({ dir, own: true });
});
afterAll(async () => {
  await nats.stop();
  await rm(dir, { recursive: true, force: true });
});

/** A queued run of a plugin that says something, waits until it is let go, and says more; its runner comes when it is told to. */
async function aWaitingRun(script = SPEAKING) {
  const natsPrefix = unique("follow");
  const server = await startTestServer({ natsUrl: nats.url, natsPrefix });
  onTestFinished(() => server.stop());
  const pluginDir = await aShellPlugin("speaks", script);
  await aPlugin(server, PluginManifest.parse(JSON.parse(await readFile(join(pluginDir, "plugin.json"), "utf8"))));
  const begin = async () => {
    const enrolled = await aRunner(server);
    const runner = await startRunner({
      log: createLogger("warn", [enrolled.token], { write: () => {} }),
      config: await hostConfig({
        natsUrl: nats.url,
        natsPrefix,
        serverUrl: server.url,
        runnerId: enrolled.id,
        runnerToken: enrolled.token,
        pluginDirs: [pluginDir],
        drainMs: 5_000,
        logLevel: "warn",
      }),
    });
    onTestFinished(async () => await runner.stop());
  };
  const until = join(await aFolder("signs"), "go");
  const id = await aQueuedRun(server, { plugin: "speaks", parameters: { until } });
  const follow = (after?: string): Subscriber<FollowRunSubscription> => {
    const subscriber = subscribeTo<FollowRunSubscription, { run: string; after?: string }>(
      server.url,
      String(FollowRunDocument),
      { run: id, ...(after ? { after } : {}) },
      server.adminToken,
    );
    onTestFinished(() => subscriber.stop());
    return subscriber;
  };
  return { server, natsPrefix, id, follow, begin, letGo: () => writeFile(until, "") };
}

async function aSpeakingRun(script = SPEAKING) {
  const run = await aWaitingRun(script);
  await run.begin();
  return run;
}

function said({ event }: Happening): string {
  if ("state" in event) return event.state;
  if ("level" in event) return `${event.level} ${event.message}`;
  if ("fraction" in event) return `${event.fraction} ${event.message}`;
  return "value" in event ? `${event.name}[${event.step}] ${event.value}` : "";
}
const saidBy = ({ items }: Subscriber<FollowRunSubscription>) => items.map(({ runEvents }) => said(runEvents));
const EVENTS = ["info begun", "loss[1] 0.5", "1 all of it", "warn last words"];
const STATES = ["QUEUED", "LEASED", "RUNNING", "SUCCEEDED"];
const isState = (text: string) => /^[A-Z]+$/.test(text);

async function countConsumers(natsPrefix: string): Promise<number> {
  const connection = await connect({ servers: nats.url });
  const manager = await jetstreamManager(connection);
  let count = 0;
  for await (const _ of manager.consumers.list(`${natsPrefix}-events`.toUpperCase())) count++;
  await connection.close();
  return count;
}

async function countMessages(natsPrefix: string): Promise<number> {
  const connection = await connect({ servers: nats.url });
  const { state } = await (await jetstreamManager(connection)).streams.info(`${natsPrefix}-events`.toUpperCase());
  await connection.close();
  return state.messages;
}

async function purgeEvents(natsPrefix: string): Promise<void> {
  const connection = await connect({ servers: nats.url });
  await (await jetstreamManager(connection)).streams.purge(`${natsPrefix}-events`.toUpperCase());
  await connection.close();
}

test("a run is followed from its queue to its end, live and afterwards, and nothing is left in NATS", async () => {
  const { follow, begin, letGo, natsPrefix } = await aWaitingRun();
  const before = await countConsumers(natsPrefix);
  const live = follow();
  await eventually(() => expect(saidBy(live)).toEqual(["QUEUED"]));
  await begin();
  await eventually(() => expect(saidBy(live)).toEqual(expect.arrayContaining(EVENTS.slice(0, 2))), 30_000);
  expect(await countConsumers(natsPrefix)).toBe(before + 1);
  await letGo();
  expect(await live.ended).toBeNull();
  expect(live.errors).toEqual([]);
  expect(saidBy(live).filter((text) => !isState(text))).toEqual(EVENTS);
  expect(saidBy(live).filter(isState)).toEqual(STATES);
  expect(saidBy(live).at(-1)).toBe("SUCCEEDED");

  const late = follow();
  expect(await late.ended).toBeNull();
  expect(saidBy(late)).toEqual([...EVENTS, "SUCCEEDED"]);
  await eventually(async () => expect(await countConsumers(natsPrefix)).toBe(before));
});

test("a follower that was cut off goes on from its cursor: nothing twice, nothing lost", async () => {
  const { follow, letGo } = await aSpeakingRun();
  const first = follow();
  await eventually(() => expect(saidBy(first)).toContain("info begun"), 30_000);
  await first.stop();
  await letGo();
  const cursor = first.items.at(-1)!.runEvents.cursor;
  const second = follow(cursor);
  expect(await second.ended).toBeNull();
  const all = [...saidBy(first), ...saidBy(second)];
  expect(all.filter((text) => !isState(text))).toEqual(EVENTS);
  const states = all.filter(isState);
  expect(states).toEqual(STATES.slice(-states.length));
  const end = second.items.at(-1)!.runEvents.cursor;
  const third = follow(end);
  expect(await third.ended).toBeNull();
  expect(third.items).toEqual([]);
});

/** A point a line: all of them in one write, as a job that measures a lot prints them. */
const MEASURING = `
awk 'BEGIN { for (n = 1; n <= 1000; n++) printf "{\\"type\\":\\"metric\\",\\"name\\":\\"loss\\",\\"value\\":%d,\\"step\\":%d}\\n", n, n }'
echo '{"type":"log","level":"info","message":"measured"}'
echo '{"type":"result"}'
`;
const POINTS = Array.from({ length: 1_000 }, (_, index) => `loss[${index + 1}] ${index + 1}`);

test("a thousand points that are printed at once go in few messages, are all kept and counted, and are followed one by one", async () => {
  const { server, follow, natsPrefix, id } = await aSpeakingRun(MEASURING);
  const live = follow();
  expect(await live.ended).toBeNull();
  expect(saidBy(live).filter((text) => !isState(text))).toEqual([...POINTS, "info measured"]);
  expect(saidBy(live).at(-1)).toBe("SUCCEEDED");
  expect(await countMessages(natsPrefix)).toBeLessThan(50);

  const run = await theRun(server, id);
  expect(run.measurementsComplete).toBe(true);
  const query =
    "query ($id: ID!, $after: SafeInt) { node(id: $id) { ... on Run { metricPoints(first: 100, after: $after) { n step } } } }";
  const { data } = await server.gql<{ node: { metricPoints: { n: number; step: number }[] } }>(query, {
    id,
    after: 950,
  });
  expect(data.node.metricPoints).toEqual(
    Array.from({ length: 50 }, (_, index) => ({ n: 951 + index, step: 951 + index })),
  );

  // Each cursor is good to go on from, within a message too.
  for (const index of [0, 499, 998, 999]) {
    const heard = live.items.findIndex((item) => said(item.runEvents) === POINTS[index]);
    const rest = follow(live.items[heard]!.runEvents.cursor);
    expect(await rest.ended).toBeNull();
    expect(saidBy(rest).filter((text) => !isState(text))).toEqual([...POINTS.slice(index + 1), "info measured"]);
  }
});

test("a follower is told that NATS is away, and by resuming hears the rest: nothing twice, nothing lost", async () => {
  const { follow, letGo } = await aSpeakingRun();
  let follower = follow();
  await eventually(() => expect(saidBy(follower)).toContain("loss[1] 0.5"), 30_000);
  const { port } = nats;
  await nats.stop();
  nats = await startNats({ dir, own: true, port });
  await letGo();
  await follower.ended;
  const items = [...follower.items];
  for (; follower.errors.length > 0; await follower.ended) {
    expect(follower.errors).toMatchObject([{ extensions: { code: "RUN_EVENTS_UNAVAILABLE" } }]);
    await delay(200);
    follower = follow(items.at(-1)!.runEvents.cursor);
    await follower.ended;
    items.push(...follower.items);
  }
  const all = items.map(({ runEvents }) => said(runEvents));
  expect(all.filter((text) => !isState(text))).toEqual(EVENTS);
  expect(all.at(-1)).toBe("SUCCEEDED");
});

function clewLogs(server: TestServer, ...args: string[]) {
  const out: string[] = [];
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void out.push(line),
    paint: (_: string, text: string) => text,
    terminal: null,
  };
  const ended = runCli(["--url", server.url, "--token", server.adminToken, "logs", ...args], io);
  const isSaid = (line: string) => /begun|loss|last words/.test(line);
  return { out, ended, said: () => out.filter(isSaid).map((line) => line.replace(/^\S+\s+/, "")) };
}
const SAID = ["info   begun", "loss[1]  0.5", "warn   last words"];

test("clew logs --follow prints what the run says as it says it, and ends with it", async () => {
  const { server, id, letGo } = await aSpeakingRun();
  const { out, ended, said: told } = clewLogs(server, "--follow", id);
  await eventually(() => expect(out.join("\n")).toMatch(/info\s+begun[^]*loss\[1\]\s+0\.5/), 30_000);
  await letGo();
  expect(await ended).toBe(0);
  expect(told()).toEqual(SAID);
  expect(out.at(-1)).toMatch(/SUCCEEDED/i);
});

test("what a run said is kept when NATS has forgotten it, and is followed from there: nothing twice, nothing lost", async () => {
  const { server, id, letGo, natsPrefix } = await aSpeakingRun();
  const { logs } = server.running.server.stores.database;
  await eventually(async () => expect(await logs.countBelow(id, 1, 9)).toBe(1), 30_000);
  // All is in SQL and in NATS.
  const early = clewLogs(server, "-f", id);
  await eventually(() => expect(early.out.join("\n")).toContain("RUNNING"), 30_000);
  await purgeEvents(natsPrefix);
  // The half is in SQL alone.
  const late = clewLogs(server, "-f", id);
  await eventually(() => expect(late.out.join("\n")).toContain("RUNNING"), 30_000);
  await letGo();
  expect([await early.ended, await late.ended]).toEqual([0, 0]);
  expect([early.said(), late.said()]).toEqual([SAID, SAID]);
  await eventually(async () => expect(await logs.countBelow(id, 1, 9)).toBe(2));
  const kept = clewLogs(server, id);
  expect(await kept.ended).toBe(0);
  expect(kept.said()).toEqual(SAID);
  expect(kept.out.at(-1)).toBe("SUCCEEDED");
});

test("comes over HTTP alone as well, and is complete when the run has ended", async () => {
  const { server, id, letGo } = await aSpeakingRun();
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { ...bearer(server.adminToken), accept: "text/event-stream", "content-type": "application/json" },
    body: JSON.stringify({ query: String(FollowRunDocument), variables: { run: id } }),
  });
  const heard: string[] = [];
  for await (const { name, data } of eventsOf(response)) {
    if (name === "next") heard.push(said((JSON.parse(data) as { data: FollowRunSubscription }).data.runEvents));
    else heard.push(`${name}${data}`);
    if (heard.at(-1) === "info begun") await letGo();
  }
  expect(heard).toContain("warn last words");
  expect(heard.slice(-2)).toEqual(["SUCCEEDED", "complete"]);
});
