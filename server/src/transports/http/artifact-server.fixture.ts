import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArtifactErrorBody, sha256 } from "@clew/schema";
import fastify from "fastify";
import { openFilesystemArtifacts } from "../../adapters/filesystem/index.ts";
import { ArtifactRequestError } from "./artifact-errors.ts";
import { artifactRoutes } from "./artifacts.ts";

export const TOKEN = "a-token-for-writing";
export const READER = "a-token-for-reading";
export const WRITER = "a-token-for-writing-what-it-may-not-read";
export const AUTH = { Authorization: `Bearer ${TOKEN}` };
export const BYTES = { "Content-Type": "application/octet-stream" };
export const PIECE = { "Content-Type": "application/offset+octet-stream" };
export const MAX_BYTES = 40_000_000;

type Bytes = Uint8Array<ArrayBuffer>;
export interface CallInit {
  readonly headers?: Record<string, string>;
  readonly body?: Bytes | string;
}

/** A real server over a folder of its own, and the requests that tests make of it. */
export async function anArtifactServer() {
  const dir = await mkdtemp(join(tmpdir(), "clew-http-artifacts-"));
  let server = await listen(dir, 0);
  const url = `http://127.0.0.1:${server.port}`;
  const call = (method: string, path: string, init: CallInit = {}) =>
    fetch(new URL(path, url), { method, ...init, headers: { ...AUTH, ...init.headers } });
  return {
    dir,
    url,
    port: server.port,
    call,
    put: (bytes: Bytes, digest = sha256(bytes)) => call("PUT", `/artifacts/${digest}`, { headers: BYTES, body: bytes }),
    patch: (location: string, offset: number | string, body: Bytes) =>
      call("PATCH", location, { headers: { ...PIECE, "Upload-Offset": String(offset) }, body }),
    /** Every digest in the store. */
    async listed(): Promise<string[]> {
      const digests: string[] = [];
      for await (const { digest } of server.store.list()) digests.push(digest);
      return digests;
    },
    async restart(): Promise<void> {
      await server.app.close();
      server = await listen(dir, server.port);
    },
    stop: () => server.app.close(),
    async dispose(): Promise<void> {
      await server.app.close();
      await rm(dir, { recursive: true });
    },
  };
}
export type ArtifactServer = Awaited<ReturnType<typeof anArtifactServer>>;

async function listen(dir: string, port: number) {
  const store = await openFilesystemArtifacts({ dir: join(dir, "store") });
  const app = fastify({ forceCloseConnections: true });
  await app.register(
    artifactRoutes({
      store,
      maxArtifactBytes: MAX_BYTES,
      authorise: async ({ headers: { authorization } }, access) => {
        const [reader, writer] = [`Bearer ${READER}`, `Bearer ${WRITER}`];
        // As the HTTP server does before.
        if (![AUTH.Authorization, reader, writer].includes(authorization ?? ""))
          throw new ArtifactRequestError("UNAUTHENTICATED", "a valid token is needed");
        return authorization === AUTH.Authorization || authorization === (access === "read" ? reader : writer);
      },
    }),
  );
  await app.listen({ host: "127.0.0.1", port });
  return { app, store, port: (app.server.address() as AddressInfo).port };
}

export async function codeOf(response: Response): Promise<string> {
  return ArtifactErrorBody.parse(await response.json()).error.code;
}

/** A network that breaks a connection when `afterBytes` have gone through it, so many times. */
export async function aBreakingNetwork(toPort: number, afterBytes: number, times: number) {
  const counts = { broken: 0, up: 0, down: 0 };
  const open = new Set<Socket>();
  const listener = createServer((client) => {
    const upstream = connect(toPort, "127.0.0.1");
    const pair = [client, upstream];
    let passed = 0;
    const count = (direction: "up" | "down") => (chunk: Uint8Array) => {
      counts[direction] += chunk.length;
      passed += chunk.length;
      if (passed < afterBytes || counts.broken >= times) return;
      counts.broken += 1;
      passed = -Infinity;
      for (const socket of pair) socket.resetAndDestroy();
    };
    client.on("data", count("up")).pipe(upstream);
    upstream.on("data", count("down")).pipe(client);
    for (const socket of pair) {
      open.add(socket);
      socket.on("error", () => {}).on("close", () => pair.forEach((other) => other.destroy()));
    }
  });
  await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    counts,
    async close(): Promise<void> {
      for (const socket of open) socket.destroy();
      await new Promise((done) => listener.close(done));
    },
  };
}
