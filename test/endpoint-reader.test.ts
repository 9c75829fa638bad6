import { setTimeout as sleep } from "node:timers/promises";
import { subjects } from "@clew/schema";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, createInbox } from "@nats-io/transport-node";
import { expect, onTestFinished, test } from "vitest";
import { EndpointReader, type Read, StreamRemade } from "../runners/node/src/endpoint-reader.ts";
import { StreamReaders } from "../server/src/adapters/nats/stream-readers.ts";
import { ensureStreams } from "../server/src/adapters/nats/streams.ts";
import { deleteStreams, newNames } from "./support/runner-host.ts";

const NATS = process.env["CLEW_TEST_NATS_URL"] ?? "";
const IDLE_MS = 400;
const ENDPOINT = "Endpoint:one";

/** A stream of predictions, and readers of an endpoint in it, as server and runner have them. */
async function aStream() {
  const space = subjects(newNames().prefix);
  const connection = await connect({ servers: NATS });
  onTestFinished(() => connection.close());
  const manager = await jetstreamManager(connection);
  await ensureStreams(manager, space);
  onTestFinished(() => deleteStreams(manager, space.prefix));
  const stream = space.streams.predictions;
  const opened: (number | null)[] = [];
  const names: string[] = [];
  const readers = new StreamReaders(manager);
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const client = jetstream(connection);
  return {
    space,
    connection,
    manager,
    stream,
    /** Behind what each consumer was made. */
    opened,
    /** Their names. */
    names,
    async say(...texts: (string | Uint8Array)[]): Promise<void> {
      for (const text of texts) await client.publish(space.predictions(ENDPOINT, "Runner:a"), text);
    },
    async sayElsewhere(...texts: string[]): Promise<void> {
      for (const text of texts) await client.publish(space.predictions("Endpoint:other", "Runner:a"), text);
    },
    reader(settled = 0, idleMs = IDLE_MS) {
      return new EndpointReader({
        nats: { connection, manager, isConnected: true, newInbox: () => createInbox() },
        stream,
        open: async (after) => {
          opened.push(after);
          const reading = await readers.open(stream, space.observed(ENDPOINT), Math.max(settled, after ?? 0));
          names.push(reading.consumer);
          return { ...reading, stream: reading.making };
        },
        idleMs,
        signal: ending.signal,
      });
    },
  };
}

const textOf = ({ data }: Read) => data && Buffer.from(data).toString();
const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

async function take(reader: EndpointReader, count: number): Promise<Read[]> {
  const taken: Read[] = [];
  while (taken.length < count) taken.push(await reader.next());
  return taken;
}

test("messages come in their order, and the last one says that nothing waits", async () => {
  const { say, sayElsewhere, reader } = await aStream();
  await say("1", "2");
  await sayElsewhere("x", "y");
  await say("3");
  const taken = await take(reader(), 3);
  expect(
    taken.map(({ seq, isCaughtUp, missed, ...one }) => [textOf({ seq, isCaughtUp, missed, ...one }), seq]),
  ).toEqual([
    ["1", 1],
    ["2", 2],
    ["3", 5],
  ]);
  expect(taken.map(({ isCaughtUp }) => isCaughtUp)).toEqual([false, false, true]);
  expect(taken.map(({ missed }) => missed)).toEqual([0, 0, 0]);
});

test("what is settled is not given again, and what comes later is given at once", async () => {
  const { say, reader, opened } = await aStream();
  await say(...numbered(1, 5));
  const one = reader(3, 60_000);
  expect((await take(one, 2)).map(textOf)).toEqual(["4", "5"]);
  const next = one.next();
  await sleep(100);
  const saidAt = performance.now();
  await say("6");
  expect(textOf(await next)).toBe("6");
  expect(performance.now() - saidAt).toBeLessThan(30_000);
  expect(opened).toEqual([null]);
});

test("where nothing comes for a while that is said, with how far the stream went and the time of NATS", async () => {
  const { say, sayElsewhere, reader } = await aStream();
  const one = reader();
  const beganAt = performance.now();
  expect(await one.next()).toMatchObject({ data: null, seq: 0, isCaughtUp: true, missed: 0 });
  expect(performance.now() - beganAt).toBeGreaterThan(IDLE_MS - 5);
  await say("1");
  const first = await one.next();
  expect(textOf(first)).toBe("1");
  await sayElsewhere("x", "y");
  const nothing = await one.next();
  expect(nothing).toMatchObject({ data: null, seq: 3, isCaughtUp: true, missed: 0 });
  expect(nothing.at).toBeGreaterThanOrEqual(first.at);
  await say("4");
  const second = await one.next();
  expect([textOf(second), second.seq]).toEqual(["4", 4]);
  expect(second.at).toBeGreaterThanOrEqual(nothing.at);
});

test("a consumer that is removed in the middle is opened anew behind what arrived", async () => {
  const { say, reader, manager, stream, names, opened } = await aStream();
  await say(...numbered(1, 100));
  const one = reader();
  const before = await take(one, 10);
  await manager.consumers.delete(stream, names[0]!);
  const taken = [...before, ...(await take(one, 90))];
  expect(taken.map(textOf)).toEqual(numbered(1, 100));
  expect(taken.map(({ missed }) => missed)).toEqual(Array(100).fill(0));
  expect(opened).toEqual([null, 64]);
});

test("what was delivered and did not arrive is read again", async () => {
  const { say, reader, stream, connection, names, opened } = await aStream();
  await say(...numbered(1, 70));
  const one = reader();
  const first = await take(one, 1);
  // Five of the consumer's messages go astray.
  const inbox = createInbox();
  const astray = connection.subscribe(inbox, { max: 5 });
  const pull = JSON.stringify({ batch: 5, no_wait: true });
  connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${names[0]}`, pull, { reply: inbox });
  for await (const _ of astray);
  await say(...numbered(71, 75));
  expect([...first, ...(await take(one, 74))].map(textOf)).toEqual(numbered(1, 75));
  expect(opened).toEqual([null, 64]);
});

test("a reader that takes little holds little, however much is stored", async () => {
  const { say, reader, manager, stream, names } = await aStream();
  const large = new Uint8Array(500_000);
  for (let n = 0; n < 60; n++) await say(large);
  const one = reader();
  await one.next();
  await sleep(500);
  const { num_pending: pending } = await manager.consumers.info(stream, names[0]!);
  expect((60 - pending) * large.length).toBeLessThan(4.2 * 1024 * 1024);
  expect((await take(one, 59)).every(({ data }) => data?.length === large.length)).toBe(true);
});

test("messages of the largest size that NATS takes are read", async () => {
  const { say, reader, connection } = await aStream();
  const large = new Uint8Array(connection.info!.max_payload);
  await say(large, large, "small");
  expect((await take(reader(), 3)).map(({ data }) => data?.length)).toEqual([large.length, large.length, 5]);
});

test("what goes from the stream before it is read is counted once, others' at most with it", async () => {
  const { say, sayElsewhere, reader, manager, stream } = await aStream();
  await say(...numbered(1, 70));
  const one = reader();
  expect((await take(one, 1)).map(textOf)).toEqual(["1"]);
  await sayElsewhere("71", "72");
  await say(...numbered(73, 100));
  // 64 have been pulled; 65 to 90 are lost to it.
  await manager.streams.update(stream, { max_msgs: 10 });
  const rest = await take(one, 73);
  expect(rest.slice(0, 63).map(textOf)).toEqual(numbered(2, 64));
  expect(rest.slice(63).map((read) => [textOf(read), read.missed])).toEqual([
    ["91", 26],
    ...numbered(92, 100).map((text) => [text, 0]),
  ]);
});

test("where all that was not read has gone, that is said when nothing comes", async () => {
  const { say, reader, manager, stream } = await aStream();
  await say(...numbered(1, 9));
  const one = reader(5);
  await manager.streams.purge(stream);
  expect(await one.next()).toMatchObject({ data: null, seq: 9, missed: 4 });
  expect(await one.next()).toMatchObject({ data: null, seq: 9, missed: 0 });
});

test("a stream that was lost and made anew is told from the one that was read", async () => {
  const { say, reader, manager, stream, space } = await aStream();
  await say(...numbered(1, 3));
  const one = reader();
  await take(one, 3);
  await manager.streams.delete(stream);
  await ensureStreams(manager, space);
  await say(...numbered(1, 9));
  await expect(one.next()).rejects.toThrow(StreamRemade);
});
