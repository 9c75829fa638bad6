import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { sha256 } from "@clew/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  AUTH,
  type ArtifactServer,
  BYTES,
  MAX_BYTES,
  READER,
  WRITER,
  anArtifactServer,
  codeOf,
} from "./artifact-server.fixture.ts";

describe("artifacts over HTTP", () => {
  let server: ArtifactServer;
  beforeEach(async () => {
    server = await anArtifactServer();
  });
  afterEach(() => server.dispose());

  describe("reading", () => {
    const content = randomBytes(100_000);
    const digest = sha256(content);
    const path = `/artifacts/${digest}`;
    beforeEach(async () => {
      await server.put(content);
    });

    it("GET gives the file and says what it is", async () => {
      const response = await server.call("GET", path);
      expect(response.status).toBe(200);
      expect(content.equals(await response.bytes())).toBe(true);
      const field = `sha-256=:${Buffer.from(digest.slice(7), "hex").toString("base64")}:`;
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "accept-ranges": "bytes",
        "cache-control": "private, max-age=31536000, immutable",
        "content-digest": field,
        "content-disposition": "attachment",
        "content-length": "100000",
        "content-type": "application/octet-stream",
        etag: `"${digest}"`,
        "repr-digest": field,
        "x-content-type-options": "nosniff",
      });
    });

    it("HEAD says the same without the file", async () => {
      const response = await server.call("HEAD", path);
      expect([response.status, response.headers.get("Content-Length")]).toEqual([200, "100000"]);
      expect(await response.text()).toBe("");
    });

    it.each([
      ["bytes=0-9", 0, 10],
      ["bytes=99990-", 99_990, 100_000],
      ["bytes=-1", 99_999, 100_000],
      ["bytes=5-200000", 5, 100_000],
    ])("range %s is answered with 206 and these bytes", async (range, start, end) => {
      const response = await server.call("GET", path, { headers: { Range: range } });
      expect(response.status).toBe(206);
      expect(response.headers.get("Content-Range")).toBe(`bytes ${start}-${end - 1}/100000`);
      expect(response.headers.get("Content-Length")).toBe(String(end - start));
      // A digest of the whole must not pass for one of the part.
      expect(response.headers.get("Content-Digest")).toBeNull();
      expect(content.subarray(start, end).equals(await response.bytes())).toBe(true);
    });

    it("a range outside the file is answered with 416 and the file's size", async () => {
      const response = await server.call("GET", path, { headers: { Range: "bytes=100000-" } });
      expect([response.status, response.headers.get("Content-Range")]).toEqual([416, "bytes */100000"]);
      expect(await codeOf(response)).toBe("RANGE_NOT_SATISFIABLE");
    });

    it("several ranges, and a range of something else, are answered with the whole", async () => {
      expect((await server.call("GET", path, { headers: { Range: "bytes=0-1,5-6" } })).status).toBe(200);
      expect(
        (await server.call("GET", path, { headers: { Range: "bytes=0-1", "If-Range": '"sha256:other"' } })).status,
      ).toBe(200);
      expect(
        (await server.call("GET", path, { headers: { Range: "bytes=0-1", "If-Range": `"${digest}"` } })).status,
      ).toBe(206);
    });

    it("who has it already gets 304", async () => {
      for (const method of ["GET", "HEAD"]) {
        const response = await server.call(method, path, { headers: { "If-None-Match": `"${digest}"` } });
        expect([response.status, await response.text()]).toEqual([304, ""]);
      }
    });

    it("what is not there is 404", async () => {
      const response = await server.call("GET", `/artifacts/${sha256("absent")}`);
      expect([response.status, await codeOf(response)]).toEqual([404, "NOT_FOUND"]);
      expect((await server.call("HEAD", `/artifacts/${sha256("absent")}`)).status).toBe(404);
    });

    it.each([
      "sha256:abc",
      `sha256:${"A".repeat(64)}`,
      "..%2F..%2F..%2Fetc%2Fpasswd",
      "%00",
      `sha256%3A${"..%2F".repeat(10)}`,
    ])("%s is no digest", async (name) => {
      const response = await server.call("GET", `/artifacts/${name}`);
      expect([response.status, await codeOf(response)]).toEqual([400, "INVALID_INPUT"]);
    });

    it("dots in the path lead nowhere", async () => {
      const answer = await raw(server.port, `GET /artifacts/../../../../etc/passwd HTTP/1.1\r\nHost: a\r\n${RAW_AUTH}`);
      expect(answer).toMatch(/^HTTP\/1.1 404 /);
      expect(answer).not.toContain("root:");
    });

    it("a huge header is refused, and the server goes on", async () => {
      const answer = await raw(server.port, `GET ${path} HTTP/1.1\r\nHost: a\r\nX-Huge: ${"x".repeat(20_000)}\r\n`);
      expect(answer).toMatch(/^HTTP\/1.1 431 /);
      expect((await server.call("HEAD", path)).status).toBe(200);
    });
  });

  describe("who may", () => {
    it("no token and a wrong one get the same answer, whatever is asked for", async () => {
      const there = Buffer.from("there");
      await server.put(there);
      const answers = [];
      for (const name of [sha256(there), sha256("absent"), "sha256:abc"]) {
        for (const headers of [{}, { Authorization: "Bearer wrong" }]) {
          const response = await fetch(`${server.url}/artifacts/${name}`, { headers });
          answers.push([response.status, await response.text()]);
        }
      }
      expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toHaveLength(1);
      expect(answers[0]?.[0]).toBe(401);
    });

    it("a token for reading writes nothing, and one for writing reads what is there as what is not", async () => {
      const there = Buffer.from("there");
      await server.put(there);
      const writing = await server.call("PUT", `/artifacts/${sha256("new")}`, {
        headers: { ...BYTES, Authorization: `Bearer ${READER}` },
        body: "new",
      });
      expect([writing.status, await codeOf(writing)]).toEqual([403, "FORBIDDEN"]);
      const headers = { Authorization: `Bearer ${WRITER}` };
      const read = async (digest: string) => {
        const response = await server.call("GET", `/artifacts/${digest}`, { headers });
        return [response.status, await response.text()];
      };
      expect(await read(sha256(there))).toEqual(await read(sha256("absent")));
      expect((await read(sha256(there)))[0]).toBe(404);
      expect(await server.listed()).toEqual([sha256(there)]);
    });
  });

  describe("PUT", () => {
    it("keeps a file: 201 when it is new, 200 when it was there", async () => {
      const bytes = randomBytes(3_000_000);
      const [first, again] = [await server.put(bytes), await server.put(bytes)];
      expect([first.status, again.status]).toEqual([201, 200]);
      expect(await first.json()).toEqual({ digest: sha256(bytes), sizeBytes: bytes.length });
      expect(await server.listed()).toEqual([sha256(bytes)]);
    });

    it("keeps nothing of bytes with another digest", async () => {
      const response = await server.put(Buffer.from("these"), sha256("those"));
      expect([response.status, await codeOf(response)]).toEqual([422, "DIGEST_MISMATCH"]);
      expect(await server.listed()).toEqual([]);
    });

    it("refuses what is above the limit while it comes, and keeps nothing", async () => {
      const response = await server.put(Buffer.alloc(MAX_BYTES + 1)).catch((error: unknown) => error);
      // The answer may overtake the body, or the closed connection the answer.
      if (response instanceof Response)
        expect([response.status, await codeOf(response)]).toEqual([413, "REQUEST_TOO_LARGE"]);
      expect(await server.listed()).toEqual([]);
      expect(await readdir(join(server.dir, "store", "temporary"))).toEqual([]);
      expect((await server.put(Buffer.from("next"))).status).toBe(201);
    });

    it("refuses another content type", async () => {
      const response = await server.call("PUT", `/artifacts/${sha256("{}")}`, {
        headers: { "Content-Type": "text/csv" },
        body: "{}",
      });
      expect([response.status, await codeOf(response)]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
    });
  });
});

const RAW_AUTH = `Authorization: ${AUTH.Authorization}\r\nConnection: close\r\n`;

/** Sends a request head as it is, which fetch would have tidied up, and reads the answer. */
function raw(port: number, head: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`${head}\r\n`);
  return text(socket);
}
