"""The host's side of the job protocol (docs/protocol.md, section 7): one job in a process of its own."""

import asyncio
import json
import os
import signal
import sys

LINE_BYTES = 16 << 20
PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")


def failure(failure_type, message, retryable=False):
    return {"type": failure_type, "message": message[:4000], "retryable": retryable}


class Job:
    """A plugin's process: start it, `say` things to it, read its `messages`, `end` it."""

    def __init__(self, folder, manifest, hello, parameters, inputs):
        self._folder = folder
        self._manifest = manifest
        self._hello = hello
        self._parameters = parameters
        self._inputs = inputs
        self._process = None

    async def start(self, parameters_file):
        with open(parameters_file, "w", encoding="utf-8") as file:
            json.dump(self._parameters, file)
        self._process = await asyncio.create_subprocess_exec(
            *self._command(),
            cwd=self._folder,
            env=self._environment(parameters_file),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE_BYTES,
            start_new_session=True,
        )
        self.say({"type": "hello", "protocol": "clew-job/1", **self._hello})
        self.say({"type": "parameters", "values": self._parameters})
        self.say({"type": "inputs", "inputs": self._inputs})

    def say(self, message):
        self._process.stdin.write(json.dumps(message).encode() + b"\n")

    async def messages(self):
        """What the job says, as messages; a line that is none is a log line."""
        async for line in self._process.stdout:
            text = line.decode(errors="replace").rstrip("\n")
            try:
                message = json.loads(text)
            except ValueError:
                message = None
            if not isinstance(message, dict) or "type" not in message:
                message = {"type": "log", "level": "info", "message": text[:10000]}
            yield message

    async def cancel(self, reason):
        """The word, SIGTERM after 5 s, SIGKILL after 10 s. `end` makes an end of it sooner."""
        self.say({"type": "cancel", "reason": reason})
        for stop in (signal.SIGTERM, signal.SIGKILL):
            await asyncio.sleep(5)
            self._kill(stop)

    async def end(self):
        """Nothing that the job has started is left."""
        if self._process is not None:
            self._kill(signal.SIGKILL)
            await self._process.wait()

    def _kill(self, stop):
        try:
            os.killpg(self._process.pid, stop)
        except ProcessLookupError:
            pass

    def _command(self):
        runtime = self._manifest["runtime"]
        if runtime["type"] == "command":
            return runtime["command"]
        program = sys.executable if runtime["type"] == "python" else "node"
        return [program, runtime["entry"]]

    def _environment(self, parameters_file):
        as_text = {name: value if isinstance(value, str) else json.dumps(value) for name, value in self._parameters.items()}
        return {
            **{name: os.environ[name] for name in PASSED if name in os.environ},
            **{f"CLEW_PARAMETER_{name}": value for name, value in as_text.items()},
            "CLEW_INPUT_DIR": self._hello["inputDir"],
            "CLEW_OUTPUT_DIR": self._hello["outputDir"],
            "CLEW_PARAMETERS": parameters_file,
            "CLEW_RUN_ID": self._hello["runId"],
            "CLEW_ATTEMPT": str(self._hello["attempt"]),
            "CLEW_SEED": str(self._hello["seed"]),
        }
