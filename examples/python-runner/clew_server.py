"""A runner's two ways to the Clew server: persisted GraphQL operations over NATS, files and what is too large for NATS over HTTP."""

import asyncio
import hashlib
import json
import os
import urllib.error
import urllib.request

# For an attempt's own token all of these say: the lease is lost (docs/protocol.md, section 9).
LEASE_IS_LOST = {"LEASE_LOST", "UNAUTHENTICATED", "FORBIDDEN", "UNKNOWN_NODE"}

REQUEST_BYTES = 512 << 10
# Over HTTP an operation is sent with its text: the whole file, of which the name chooses one.
TEXT = os.path.join(os.path.dirname(__file__), "../../schema/graphql/operations/runner.graphql")


class Refused(Exception):
    """The server's no, by its code (docs/errors.md)."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


class Operations:
    """Sends operations through the stream, again until they are answered."""

    def __init__(self, nats, prefix, part, address):
        self._address = address
        self._nats = nats
        self._stream = nats.jetstream()
        self._subject = f"{prefix}.mutations.{part}"
        self._inbox = f"_INBOX.{part}.answers"
        self._waiting = {}
        self._last = 0

    async def listen(self):
        await self._nats.subscribe(f"{self._inbox}.*", cb=self._take)

    async def ask(self, operation, variables, token, within=None):
        """The answer's data. Raises Refused, or TimeoutError where `within` (seconds) is not enough."""
        message = {"schema": "clew/mutation-request/1", "operationName": operation, "variables": variables, "token": token}
        async with asyncio.timeout(within):
            return await self._ask(message)

    async def _ask(self, message):
        request = json.dumps(message).encode()
        is_large = len(request) > REQUEST_BYTES
        pause, internal = 0.2, 0
        while True:
            answer = await (self._post(message) if is_large else self._send(request))
            errors = answer.get("errors")
            if errors is None:
                return _data(answer["data"])
            code = errors[0]["extensions"]["code"]
            if code == "ANSWER_TOO_LARGE":
                is_large = True
                continue
            internal += code == "INTERNAL"
            if not errors[0]["extensions"]["retryable"] or internal == 8:
                raise Refused(code, errors[0]["message"])
            await asyncio.sleep(pause)
            pause = min(pause * 2, 10)

    async def _send(self, request):
        self._last += 1
        name = str(self._last)
        answered = self._waiting[name] = asyncio.get_running_loop().create_future()
        wait = 5
        try:
            while True:
                sent = asyncio.ensure_future(self._publish(request, f"{self._inbox}.{name}"))
                done, _ = await asyncio.wait([answered], timeout=wait)
                sent.cancel()
                if done:
                    return answered.result()
                wait = min(wait * 2, 30)
        finally:
            del self._waiting[name]

    async def _post(self, message):
        """What NATS does not carry, in either direction, over HTTP."""
        with open(TEXT, encoding="utf-8") as file:
            body = {"query": file.read(), "operationName": message["operationName"], "variables": message["variables"]}
        headers = {"Authorization": f"Bearer {message['token']}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self._address}/graphql", json.dumps(body).encode(), headers)
        while True:
            try:
                return await asyncio.to_thread(_answer, request)
            except (OSError, ValueError):  # the server is away, or what stands before it answered
                await asyncio.sleep(5)

    async def _publish(self, request, inbox):
        try:
            await self._stream.publish(self._subject, request, headers={"Clew-Reply": inbox})
        except Exception:  # NATS is away, or the stream's acknowledgement was lost: the request is sent again
            pass

    async def _take(self, message):
        answered = self._waiting.get(message.subject.rsplit(".", 1)[1])
        if answered is not None and not answered.done():
            answered.set_result(json.loads(message.data))


def _answer(request):
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:  # GraphQL's errors come with a status too
        return json.load(error)


def _data(data):
    for field in data.values():
        for error in (field or {}).get("userErrors", []):
            raise Refused(error["code"], f"{error['message']} (at {'.'.join(error['path'])})")
    return data


class Artifacts:
    """Files by digest, with one attempt's token. Blocking: call it in a thread."""

    def __init__(self, address, token):
        self._address = address
        self._token = token

    def fetch(self, file, path):
        """Writes the file to `path`; ValueError where the bytes are not those of its digest."""
        os.makedirs(os.path.dirname(path), exist_ok=True)
        hash = hashlib.sha256()
        with self._request("GET", file["digest"]) as answer, open(path, "wb") as out:
            while block := answer.read(1 << 16):
                hash.update(block)
                out.write(block)
        if "sha256:" + hash.hexdigest() != file["digest"]:
            raise ValueError(f"{file['path']} does not have its digest")

    def send(self, folder):
        """Uploads what the folder holds, answers `[{path, sizeBytes, digest}]`; ValueError where it holds a link or the like."""
        files = []
        for root, folders, names in os.walk(folder):
            for path in (os.path.join(root, name) for name in folders + names):
                if os.path.islink(path) or not (os.path.isfile(path) or os.path.isdir(path)):
                    raise ValueError(f"{path} is no regular file")
                if os.path.isdir(path):
                    continue
                files.append({"path": os.path.relpath(path, folder), **self._send(path)})
        return sorted(files, key=lambda file: file["path"])

    def _send(self, path):
        with open(path, "rb") as file:
            data = file.read()
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        try:
            self._request("HEAD", digest).close()
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            self._request("PUT", digest, data).close()
        return {"sizeBytes": len(data), "digest": digest}

    def _request(self, method, digest, data=None):
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/octet-stream"}
        request = urllib.request.Request(f"{self._address}/artifacts/{digest}", data, headers, method=method)
        return urllib.request.urlopen(request, timeout=60)
