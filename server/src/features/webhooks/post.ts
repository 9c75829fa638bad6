import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { lookupPublic, refusedHost } from "./public-address.ts";

export interface PostOptions {
  readonly timeoutMs: number;
  /** Whether loopback, link-local and private addresses may be connected to. */
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
}

/** Null when the endpoint has taken it, else why not; `gone` when it wants no more (HTTP 410). */
export type PostFailure = { readonly message: string; readonly gone: boolean };

/**
 * POSTs JSON. Redirects are not followed, and of the answer nothing but the status is read.
 * @throws the signal's reason, and nothing else.
 */
export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  { timeoutMs, allowPrivate, signal }: PostOptions,
): Promise<PostFailure | null> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const refused = allowPrivate ? null : refusedHost(new URL(url).hostname);
  if (refused !== null) return { message: refused, gone: false };
  try {
    const status = await send(url, body, headers, allowPrivate, AbortSignal.any([signal, timeout]));
    if (status >= 200 && status < 300) return null;
    const redirect = status >= 300 && status < 400 ? ": redirects are not followed" : "";
    return { message: `HTTP ${status}${redirect}`, gone: status === 410 };
  } catch (error) {
    signal.throwIfAborted();
    const message = timeout.aborted ? `no answer within ${timeoutMs} ms` : (error as Error).message;
    return { message: message.slice(0, 500), gone: false };
  }
}

function send(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  allowPrivate: boolean,
  signal: AbortSignal,
): Promise<number> {
  const request = url.startsWith("https:") ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(body)),
        "user-agent": "Clew-Webhooks",
        ...headers,
      },
      // A connection of its own: the address is looked at anew for each delivery.
      agent: false,
      signal,
      ...(allowPrivate ? {} : { lookup: lookupPublic }),
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      resolve(response.statusCode ?? 0);
      // Whatever it has to say: nobody reads it.
      response.destroy();
    });
    sent.end(body);
  });
}
