import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { runCli } from "./program.ts";
import { plain } from "./terminal/paint.ts";

export interface Told {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line with a data folder. */
export async function clewIn(dir: string, ...args: string[]): Promise<Told> {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    paint: plain,
    terminal: null,
  };
  const status = await runCli(["--data-dir", dir, ...args], io);
  return { status, out: out.join("\n"), err: err.join("\n") };
}

export interface Asked {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly authorization: string | undefined;
}

/** A server that gives the answers one after the other and keeps what it was asked. */
export async function answering(...answers: readonly { status?: number; body: unknown }[]) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    // As a proxy that lets no WebSocket through.
    if (request.headers.upgrade) return response.writeHead(404).end();
    asked.push({ ...(JSON.parse(await textOf(request)) as Asked), authorization: request.headers.authorization });
    const { status = 200, body } = answers.at(Math.min(asked.length, answers.length) - 1) ?? { body: null };
    response
      .writeHead(status, { "content-type": "application/json" })
      .end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, [Symbol.dispose]: () => void server.close() };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** An answer of one page of a list. */
export const page = (field: string, nodes: readonly unknown[], endCursor: string | null = null) => ({
  body: { data: { [field]: { nodes, pageInfo: { hasNextPage: endCursor !== null, endCursor } } } },
});

/** The answer to what a run is. */
export function aRun(fields: Record<string, unknown>) {
  const node = {
    id: "Run:1",
    namespace: "n",
    name: "train",
    runType: "TRAINING",
    whyWaiting: null,
    plugin: null,
    attributedTo: null,
    seed: 1,
    queuedAt: "2026-01-31T12:00:00.000Z",
    startedAt: null,
    endedAt: null,
    measurementsComplete: null,
    failure: null,
    attempts: [],
    inputs: [],
    outputs: [],
    ...fields,
  };
  return { body: { data: { node } } };
}
