import type { TypedDocumentString } from "@clew/schema/graphql";
import { createClient } from "graphql-ws";
import { bearer } from "./answer.ts";

export interface Subscriber<Data> {
  /** What has come so far. */
  readonly items: readonly Data[];
  /** Errors that came as answers. */
  readonly errors: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
  /** Resolves when so many items have come. */
  upTo(count: number): Promise<void>;
  /** Resolves when the subscription has ended; with the close code and reason where the socket was closed. */
  readonly ended: Promise<{ readonly code: number; readonly reason: string } | null>;
  /** Goes away. */
  stop(): Promise<void>;
}

/** Subscribes over a WebSocket of its own, which is never opened again by itself. */
export function subscribeTo<Data, Asked extends Record<string, unknown>>(
  url: string,
  document: TypedDocumentString<Data, Asked> | string,
  variables: Asked,
  token: string,
): Subscriber<Data> {
  const client = createClient({
    url: `${url.replace(/^http/, "ws")}/graphql`,
    connectionParams: bearer(token),
    retryAttempts: 0,
  });
  const items: Data[] = [];
  const errors: { message: string }[] = [];
  const waiting = new Set<() => void>();
  const { promise: ended, resolve } = Promise.withResolvers<{ code: number; reason: string } | null>();
  client.subscribe<Data>(
    { query: String(document), variables },
    {
      next: (result) => {
        if (result.errors) errors.push(...result.errors);
        else items.push(result.data as Data);
        for (const look of waiting) look();
      },
      error: (fault) => {
        if (Array.isArray(fault)) errors.push(...(fault as { message: string }[]));
        resolve(Array.isArray(fault) ? null : (fault as { code: number; reason: string }));
      },
      complete: () => resolve(null),
    },
  );
  return {
    items,
    errors,
    ended,
    upTo: (count) =>
      new Promise((done) => {
        const look = () => {
          if (items.length < count) return;
          waiting.delete(look);
          done();
        };
        waiting.add(look);
        look();
      }),
    stop: async () => {
      await client.dispose();
    },
  };
}
