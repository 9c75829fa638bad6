import { randomBytes } from "node:crypto";
import { type ClientRequest, request as httpRequest } from "node:http";
import { sha256 } from "@clew/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AUTH, type ArtifactServer, PIECE, anArtifactServer, codeOf } from "./artifact-server.fixture.ts";

describe("uploads over HTTP that can be resumed", () => {
  let server: ArtifactServer;
  beforeEach(async () => {
    server = await anArtifactServer();
  });
  afterEach(() => server.dispose());

  it("grow piece by piece, and show when they are finished", async () => {
    const bytes = randomBytes(2_000_000);
    const location = await begin(server, sha256(bytes));
    const first = await server.patch(location, 0, bytes.subarray(0, 700_000));
    expect([first.status, first.headers.get("Upload-Offset")]).toEqual([204, "700000"]);
    const status = await server.call("HEAD", location);
    expect([status.status, status.headers.get("Upload-Offset"), status.headers.get("Cache-Control")]).toEqual([
      200,
      "700000",
      "no-store",
    ]);
    expect((await server.call("HEAD", `/artifacts/${sha256(bytes)}`)).status).toBe(404);
    expect((await server.patch(location, 700_000, bytes.subarray(700_000))).status).toBe(204);
    const finished = await server.call("POST", `${location}/finish`);
    expect([finished.status, await finished.json()]).toEqual([200, { digest: sha256(bytes), sizeBytes: 2_000_000 }]);
    expect((await server.call("HEAD", location)).status).toBe(404);
    expect(await server.listed()).toEqual([sha256(bytes)]);
  });

  it("a wrong offset is answered with 409 and the right one", async () => {
    const location = await begin(server, sha256("abc"));
    await server.patch(location, 0, Buffer.from("ab"));
    const response = await server.patch(location, 0, Buffer.from("abc"));
    expect([response.status, response.headers.get("Upload-Offset")]).toEqual([409, "2"]);
    expect(await codeOf(response)).toBe("UPLOAD_OFFSET_MISMATCH");
  });

  it.each(["-1", "1.5", "01", "abc", "9".repeat(30), ""])("offset %j is refused", async (offset) => {
    const response = await server.patch(await begin(server, sha256("abc")), offset, Buffer.from("abc"));
    expect([response.status, await codeOf(response)]).toEqual([400, "INVALID_INPUT"]);
  });

  it("a piece of another content type is refused", async () => {
    const location = await begin(server, sha256("abc"));
    const headers = { "Content-Type": "application/octet-stream", "Upload-Offset": "0" };
    const response = await server.call("PATCH", location, { headers, body: "abc" });
    expect([response.status, await codeOf(response)]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
  });

  it("another digest at the end is 422 and forgets the upload", async () => {
    const location = await begin(server, sha256("abc"));
    await server.patch(location, 0, Buffer.from("abd"));
    const response = await server.call("POST", `${location}/finish`);
    expect([response.status, await codeOf(response)]).toEqual([422, "DIGEST_MISMATCH"]);
    expect((await server.call("POST", `${location}/finish`)).status).toBe(404);
    expect(await server.listed()).toEqual([]);
  });

  it("a client that goes away leaves what it sent, and nothing to see", async () => {
    const bytes = randomBytes(5_000_000);
    const location = await begin(server, sha256(bytes));
    const request = openPatch(server.port, location, 0, bytes.length);
    request.write(bytes.subarray(0, 2_000_000));
    await reached(server, location, 2_000_000);
    request.destroy();
    expect((await server.call("HEAD", `/artifacts/${sha256(bytes)}`)).status).toBe(404);
    await server.put(Buffer.from("something else, as the server goes on"));
    const offset = await reached(server, location, 2_000_000);
    expect((await server.patch(location, offset, bytes.subarray(offset))).status).toBe(204);
    expect((await server.call("POST", `${location}/finish`)).status).toBe(200);
  });

  it("an upload goes on after the server was restarted", async () => {
    const bytes = randomBytes(1_000_000);
    const location = await begin(server, sha256(bytes));
    await server.patch(location, 0, bytes.subarray(0, 400_000));
    await server.restart();
    expect((await server.call("HEAD", location)).headers.get("Upload-Offset")).toBe("400000");
    await server.patch(location, 400_000, bytes.subarray(400_000));
    expect((await server.call("POST", `${location}/finish`)).status).toBe(200);
  });

  it.each(["x", "..%2F..%2Fsha256", `${"0".repeat(32)}-${"0".repeat(64)}`, "%00"])(
    "upload %s is unknown",
    async (id) => {
      expect((await server.call("HEAD", `/artifacts/uploads/${id}`)).status).toBe(404);
      const responses = [
        await server.patch(`/artifacts/uploads/${id}`, 0, Buffer.from("a")),
        await server.call("POST", `/artifacts/uploads/${id}/finish`),
      ];
      for (const response of responses)
        expect([response.status, await codeOf(response)]).toEqual([404, "UPLOAD_NOT_FOUND"]);
    },
  );

  it.each(["{}", "{", '{"digest":"sha256:abc"}', '{"digest":"../../x"}', "[]", `{"digest":"${"x".repeat(10_000)}"}`])(
    "beginning with %.40s is refused",
    async (body) => {
      const response = await server.call("POST", "/artifacts/uploads", {
        headers: { "Content-Type": "application/json" },
        body,
      });
      expect([400, 413]).toContain(response.status);
      expect(["INVALID_INPUT", "REQUEST_TOO_LARGE"]).toContain(await codeOf(response));
    },
  );
});

/** The new upload's location. */
async function begin({ call }: ArtifactServer, digest: string): Promise<string> {
  const response = await call("POST", "/artifacts/uploads", {
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ digest }),
  });
  expect(response.status).toBe(201);
  return response.headers.get("Location") ?? "";
}

/** Waits until the server holds so many bytes, and answers how many. */
async function reached({ call }: ArtifactServer, location: string, bytes: number): Promise<number> {
  for (;;) {
    const offset = Number((await call("HEAD", location)).headers.get("Upload-Offset"));
    if (offset >= bytes) return offset;
    await new Promise((done) => setTimeout(done, 5));
  }
}

function openPatch(port: number, path: string, offset: number, length: number): ClientRequest {
  const headers = { ...AUTH, ...PIECE, "Upload-Offset": offset, "Content-Length": length };
  const request = httpRequest({ host: "127.0.0.1", port, path, method: "PATCH", headers });
  request.on("error", () => {});
  return request;
}
