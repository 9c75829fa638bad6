import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LedgerAnnouncement } from "@clew/schema";

export interface Delivery {
  readonly id: string;
  readonly path: string;
  readonly at: number;
  readonly message: LedgerAnnouncement;
  /** Whether the signature is good under a secret, worked out here from the specification. */
  isSignedWith(secret: string): boolean;
}

export type Answer = (response: ServerResponse, delivery: Delivery) => void;

export interface Receiver {
  readonly url: string;
  readonly deliveries: readonly Delivery[];
  /** How it answers from now on. */
  answer: Answer;
  close(): Promise<void>;
}

export const taken: Answer = (response) => void response.writeHead(204).end();

/** The next delivery is refused; those after it wait, and are taken once this is called. */
export function refusingOnce(receiver: Receiver, status: number): () => void {
  const back = Promise.withResolvers<void>();
  receiver.answer = (refused) => {
    receiver.answer = (response, delivery) => void back.promise.then(() => taken(response, delivery));
    refused.writeHead(status).end();
  };
  return back.resolve;
}

/** An endpoint that keeps what it is sent. */
export async function aReceiver(): Promise<Receiver> {
  const deliveries: Delivery[] = [];
  const server = createServer(async (request, response) => {
    const delivery = await read(request);
    deliveries.push(delivery);
    receiver.answer(response, delivery);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries,
    answer: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

async function read(request: IncomingMessage): Promise<Delivery> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const header = (name: string) => String(request.headers[name]);
  const id = header("webhook-id");
  return {
    id,
    path: request.url ?? "",
    at: Date.now(),
    message: JSON.parse(body) as LedgerAnnouncement,
    isSignedWith: (secret) => {
      const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
      const timestamp = header("webhook-timestamp");
      const isFresh = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300;
      const right = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
      return isFresh && key.length === 32 && header("webhook-signature") === `v1,${right}`;
    },
  };
}
