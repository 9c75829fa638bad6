"""A Clew runner for plugin folders, one job at a time: what docs/protocol.md asks for, and nothing else.

    CLEW_NATS_URL=… CLEW_SERVER_URL=… CLEW_RUNNER_ID=… CLEW_RUNNER_TOKEN=… CLEW_NATS_CREDS=… python3 runner.py <plugin folder>…
"""

import asyncio
import datetime
import hashlib
import json
import os
import signal
import sys

import nats
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NoMessage
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import NotFoundError

from attempt import Attempt
from clew_server import Operations, Refused

BEAT_SECONDS = 5


class Runner:
    def __init__(self, environment):
        self.id = environment["CLEW_RUNNER_ID"]
        self.part = self.id.split(":")[1]
        self.server_url = environment["CLEW_SERVER_URL"].rstrip("/")
        self._token = environment["CLEW_RUNNER_TOKEN"]
        self._prefix = environment.get("CLEW_NATS_PREFIX", "clew")
        self._pool = environment.get("CLEW_POOL", "default")
        self._hosted = {}
        self._taken = set()
        self._held = None
        self._beat_now = asyncio.Event()
        self._beat_seconds = BEAT_SECONDS
        self._stopping = asyncio.Event()

    async def serve(self, connection, folders):
        self.nats = connection
        self.stream = connection.jetstream()
        self.operations = Operations(connection, self._prefix, self.part, self.server_url)
        await self.operations.listen()
        for folder in folders:
            await self._register(folder)
        if not self._hosted:
            sys.exit("no plugin is hosted")
        consumers = [await self._consumer(name) for name in self._hosted]
        beats = asyncio.ensure_future(self._beats())
        print("the runner takes jobs", ", ".join(self._hosted), flush=True)
        try:
            await self._take_jobs(consumers)
        finally:
            beats.cancel()

    def stop(self):
        self._stopping.set()
        self._beat_now.set()

    def subject(self, *tokens):
        """An id as a token is its part after the colon."""
        return ".".join([self._prefix, *(token.split(":")[-1] for token in tokens)])

    async def _register(self, folder):
        with open(os.path.join(folder, "plugin.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        name = f"{manifest['name']}@{manifest['version']}"
        if manifest.get("secrets"):
            print(f"{name} is not hosted: this runner hands on no secrets", flush=True)
            return
        digest = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
        variables = {"input": {"manifest": manifest}, "idempotencyKey": f"register:{name}:{digest}"}
        try:
            await self.operations.ask("RegisterPlugin", variables, self._token)
            self._hosted[name] = (folder, manifest)
        except Refused as refused:
            print(f"{name} is not hosted: {refused}", flush=True)

    async def _consumer(self, hosted):
        """The pull consumer that all runners of the pool share."""
        name, version = hosted.split("@")
        major = version.split(".")[0]
        durable = f"{name}_{major}_{self._pool}"
        config = ConsumerConfig(
            name=durable,  # with a name nats-py asks for CONSUMER.CREATE, which the credentials permit
            durable_name=durable,
            filter_subject=self.subject("jobs", name, major, self._pool),
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=30,
            max_deliver=20,
        )
        stream = f"{self._prefix.upper()}-JOBS"
        while True:
            try:
                await self.stream.add_consumer(stream, config)
                return await self.stream.pull_subscribe_bind(durable, stream=stream)
            except NotFoundError:  # the server has not made the stream yet
                await asyncio.sleep(1)

    async def _take_jobs(self, consumers):
        while not self._stopping.is_set():
            for consumer in consumers:
                try:
                    (invitation,) = await consumer.fetch(1, timeout=1)
                except NoMessage:
                    continue
                except NatsError as error:  # NATS is away, or starts again
                    print("no invitations:", error, flush=True)
                    await asyncio.sleep(1)
                    continue
                if self._stopping.is_set():
                    await invitation.nak()
                else:
                    await self._take(invitation)

    async def _take(self, message):
        invitation = json.loads(message.data)
        key = (invitation["runId"], invitation["attempt"])
        hosted = self._hosted.get(invitation["plugin"])
        if key in self._taken:
            await message.ack()
            return
        if hosted is None:
            await message.nak(delay=10)
            return
        try:
            claim = await self._claim(*key, message)
        except Refused as refused:
            print(f"not claimed: {refused}", flush=True)
            await (message.ack() if refused.code in ("RUN_NOT_QUEUED", "UNKNOWN_NODE") else message.nak(delay=5))
            return
        except TimeoutError:
            await message.nak(delay=5)
            return
        self._taken.add(key)
        await self._hold(key, claim, hosted, message)

    async def _claim(self, run, attempt, message):
        claim = {"run": run, "attempt": attempt, "runner": self.id}
        variables = {"input": claim, "idempotencyKey": f"claim:{run}:{attempt}:{self.id}"}
        working = asyncio.ensure_future(_say_working(message))
        try:
            return (await self.operations.ask("ClaimRun", variables, self._token, within=20))["claimRun"]
        finally:
            working.cancel()

    async def _hold(self, key, claim, hosted, message):
        seconds = claim["leaseMs"] / 1000
        self._held = {"runId": key[0], "attempt": key[1]}
        self._beat_seconds = min(BEAT_SECONDS, seconds / 4)
        self._beat_now.set()
        print("claimed", *key, flush=True)
        try:
            await message.ack_sync()
            await Attempt(self, hosted, claim["run"], key[1], claim["token"], seconds).work()
            print("finished", *key, flush=True)
        except Refused as refused:
            print("given up", *key, refused, flush=True)
        finally:
            self._held = None
            self._beat_seconds = BEAT_SECONDS
            self._beat_now.set()

    async def _beats(self):
        while True:
            # A client that is away would keep the beat, which would then speak of leases that are over.
            if self.nats.is_connected:
                await self.nats.publish(self.subject("runners", self.part), json.dumps(self._beat()).encode())
            self._beat_now.clear()
            try:
                await asyncio.wait_for(self._beat_now.wait(), self._beat_seconds)
            except TimeoutError:
                pass

    def _beat(self):
        return {
            "schema": "clew/heartbeat/1",
            "runnerId": self.id,
            "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "state": "draining" if self._stopping.is_set() else "ready",
            "pool": self._pool,
            "slots": 1,
            "plugins": [dict(zip(("name", "version"), name.split("@"))) for name in self._hosted],
            "leases": [] if self._held is None else [self._held],
        }


async def _say_working(message):
    while True:
        await asyncio.sleep(10)
        await message.in_progress()


async def main():
    runner = Runner(os.environ)
    connection = await nats.connect(
        os.environ["CLEW_NATS_URL"],
        user_credentials=os.environ.get("CLEW_NATS_CREDS"),
        inbox_prefix=f"_INBOX.{runner.part}".encode(),
        max_reconnect_attempts=-1,
        # Where the network has lost the connection without a word, it is made anew within half a lease.
        ping_interval=5,
    )
    for sent in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sent, runner.stop)
    try:
        await runner.serve(connection, sys.argv[1:])
    finally:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(main())
