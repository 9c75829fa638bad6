"""One attempt of a run, from its inputs to `FinishRun` (docs/protocol.md, section 6)."""

import asyncio
import datetime
import json
import os
import platform
import tempfile

from clew_server import LEASE_IS_LOST, Artifacts, Refused
from job import Job, failure

EVENTS = {"progress", "log", "metric"}


class Attempt:
    def __init__(self, runner, hosted, run, attempt, token, lease_seconds):
        self.run = run["id"]
        self._asked = run
        self.attempt = attempt
        self._runner = runner
        self._folder, self._manifest = hosted
        self._token = token
        self._lease_seconds = lease_seconds
        self._artifacts = Artifacts(runner.server_url, token)
        self._events = 0
        self._measurements = 0
        self._job = None
        self._cancelled = None

    async def work(self):
        """Ends when the run has been finished; raises Refused where the lease is lost. The process is gone either way."""
        control = await self._runner.nats.subscribe(self._runner.subject("runs", self.run, "control"), cb=self._control)
        watch = asyncio.ensure_future(self._watch_lease())
        work = asyncio.ensure_future(self._work())
        try:
            await asyncio.wait([work, watch], return_when=asyncio.FIRST_COMPLETED)
            for task in (watch, work):
                if task.done():
                    task.result()
        finally:
            for task in (watch, work):
                task.cancel()
            await asyncio.gather(watch, work, return_exceptions=True)
            await control.unsubscribe()

    async def _work(self):
        with tempfile.TemporaryDirectory() as folder:
            outputs, failed = await self._outcome(folder)
            if self._cancelled is not None:
                if not await self._is_held():
                    raise Refused("LEASE_LOST", f"the server has ended the run: {self._cancelled}")
                failed = failed and failure("CANCELLED", self._cancelled)
            try:
                await self._finish(outputs, failed)
            except Refused as refused:
                if refused.code in LEASE_IS_LOST:
                    raise
                broken = ("UNAVAILABLE", True) if refused.code == "FILE_MISSING" else ("PROTOCOL_VIOLATION", False)
                await self._finish([], failure(broken[0], str(refused), broken[1]))

    async def _outcome(self, folder):
        """Outputs as `FinishRun` wants them, and the failure, of which one is empty."""
        into, out = os.path.join(folder, "in"), os.path.join(folder, "out")
        os.mkdir(out)
        try:
            parameters, inputs, seed = await self._inputs(into)
        except (OSError, ValueError) as error:
            return [], _not_fetched(error)
        hello = {"runId": self.run, "attempt": self.attempt, "inputDir": into, "outputDir": out, "seed": seed}
        self._job = Job(self._folder, self._manifest, hello, parameters, inputs)
        try:
            stated, failed = await self._do_job(os.path.join(folder, "parameters.json"))
            return ([], failed) if failed else ([await self._output(out, one) for one in stated], None)
        except OSError as error:
            return [], failure("UNAVAILABLE", str(error), True)
        except (ValueError, KeyError, TypeError) as error:  # a line above 16 MiB, a message that lacks what it must have
            return [], failure("PROTOCOL_VIOLATION", f"{type(error).__name__}: {error}")

    async def _do_job(self, parameters_file):
        try:
            async with asyncio.timeout(self._manifest.get("resources", {}).get("timeoutSeconds", 3600)):
                await self._job.start(parameters_file)
                return await self._listen()
        except TimeoutError:
            return [], failure("TIMEOUT", "the job took longer than its manifest allows")
        finally:
            await self._job.end()

    async def _inputs(self, folder):
        """Parameters, inputs by role as the job is told of them, and the seed. Every file is there then."""
        os.mkdir(folder)
        parameters, inputs = {}, {}
        for role, node in ((one["role"], one["node"]) for one in self._asked["inputs"]):
            if "parameters" in node:
                parameters = node["parameters"]
            if "files" in node:
                versions = inputs.setdefault(role, [])
                versions.append(await self._version(node, folder, f"{role}/{len(versions)}"))
        return parameters, inputs, self._asked["seed"]

    async def _version(self, node, folder, place):
        files, page = node["files"]["nodes"], node["files"]["pageInfo"]
        while page["hasNextPage"]:
            more = (await self._ask("VersionFiles", {"version": node["id"], "after": page["endCursor"]}))["node"]["files"]
            files, page = files + more["nodes"], more["pageInfo"]
        for file in files:
            await asyncio.to_thread(self._artifacts.fetch, file, os.path.join(folder, place, file["path"]))
        known = {name: node.get(name) for name in ("id", "key", "digest", "schema", "signature")}
        return {**known, "type": node["id"].split(":")[0], "dir": place, "files": files}

    async def _listen(self):
        """What the job stated, and its failure where it has one."""
        stated, end = [], None
        async for message in self._job.messages():
            kind = message["type"]
            if kind == "hello":
                await self._start(message.get("environment", {}))
            elif kind in EVENTS:
                await self._say(message)
            elif kind == "output":
                stated.append(message)
            elif kind in ("result", "failure"):
                end = message
        if end is None:
            return [], failure("PLUGIN_ERROR", "the job ended without a result")
        return stated, end.get("failure")

    async def _start(self, environment):
        plugin = {"plugin": self._manifest["name"], "pluginVersion": self._manifest["version"]}
        seen = {"platform": platform.system().lower(), "arch": platform.machine(), "python": platform.python_version(), **plugin}
        started = {"run": self.run, "attempt": self.attempt, "environment": {**environment, **seen}}
        await self._ask("StartRun", {"input": started, "idempotencyKey": f"start:{self.run}:{self.attempt}"})

    async def _say(self, message):
        """Publishes an event, again until the stream has it: one at a time, so the job waits with us."""
        self._events += 1
        self._measurements += message["type"] == "metric"
        defaults = {"progress": {"message": ""}, "metric": {"step": 0}}.get(message["type"], {})
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event = {"schema": "clew/run-event/1", "runId": self.run, "attempt": self.attempt, "n": self._events, "at": now, "event": {**defaults, **message}}
        headers = {"Nats-Msg-Id": f"{self.run}:{self.attempt}:{self._events}"}
        subject = self._runner.subject("runs", self.run, "events", self._runner.part)
        while True:
            try:
                await self._runner.stream.publish(subject, json.dumps(event).encode(), headers=headers)
                return
            except Exception:  # NATS is away: the stream knows the event by its id
                await asyncio.sleep(1)

    async def _output(self, folder, stated):
        """An `output` message as `FinishRun` wants it: records are lists there, and a folder is its files."""
        said = dict(stated["output"])
        field = {"ModelVersion": "modelVersion", "DatasetVersion": "datasetVersion", "Report": "report"}[said.pop("nodeType")]
        place = said.pop("dir", None)
        if place is not None and not os.path.realpath(os.path.join(folder, place)).startswith(os.path.realpath(folder) + os.sep):
            raise ValueError(f"{place} is not below the output folder")
        said["files"] = [] if place is None else await asyncio.to_thread(self._artifacts.send, os.path.join(folder, place))
        if "metrics" in said:
            said["metrics"] = _values(said["metrics"])
        if "slices" in said:
            said["slices"] = [_slice(one) for one in said["slices"]]
        return {"role": stated["role"], field: said}

    async def _finish(self, outputs, failed):
        finished = {"run": self.run, "attempt": self.attempt, "failure": failed, "measurements": self._measurements, "outputs": outputs}
        await self._ask("FinishRun", {"input": finished, "idempotencyKey": f"finish:{self.run}:{self.attempt}"})

    async def _ask(self, operation, variables):
        return await self._runner.operations.ask(operation, variables, self._token)

    async def _watch_lease(self):
        """Ends with Refused when the lease is lost, for a control message can be lost on its way."""
        while True:
            await asyncio.sleep(self._lease_seconds)
            if self._cancelled is None and not await self._is_held():
                raise Refused("LEASE_LOST", "the server has given the run up")

    async def _is_held(self):
        run = (await self._ask("AttemptState", {"run": self.run}))["node"]
        last = {} if run is None else run["attempts"][-1]
        return last.get("attempt") == self.attempt and last["state"] in ("LEASED", "RUNNING")

    async def _control(self, message):
        told = json.loads(message.data)
        if told["command"] == "cancel" and self._job is not None and self._cancelled is None:
            self._cancelled = told["reason"]
            await self._job.cancel(told["reason"])


def _not_fetched(error):
    if isinstance(error, ValueError) or getattr(error, "code", None) == 404:
        return failure("INPUT_UNAVAILABLE", str(error))
    return failure("UNAVAILABLE", str(error), True)


def _values(metrics):
    return [{"name": name, "value": _value(value)} for name, value in metrics.items()]


def _value(value):
    return value["$number"] if isinstance(value, dict) else value


def _slice(said):
    intervals = said.get("intervals", {}).items()
    return {
        "where": [{"column": column, "value": value} for column, value in said["slice"].items()],
        "count": said["count"],
        "metrics": _values(said["metrics"]),
        "intervals": [{"name": name, "low": _value(low), "high": _value(high)} for name, (low, high) in intervals],
    }
