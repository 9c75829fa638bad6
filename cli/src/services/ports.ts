import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";
import { ServiceError } from "./service.ts";

/** From here on Linux gives ports by itself to whoever asks for any, and to the near end of every connection; macOS later. */
const FIRST_GIVEN_PORT = 32_768;

/**
 * A port that nobody listens on just now. Another process may still take it first: see onFreePort. The system gives it to nobody by
 * itself, so that a service that is down for a while finds it free again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, FIRST_GIVEN_PORT);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(false) : reject(error),
    );
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Starts on the wanted port, or on a free one; a free one that was taken in between is replaced by another. */
export async function onFreePort<T>(wanted: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (wanted !== undefined && wanted !== 0) return start(wanted);
  for (let tries = 1; ; tries += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (!(error instanceof ServiceError && error.portTaken) || tries === 3) throw error;
    }
  }
}

interface Exchange {
  readonly host?: string;
  readonly port: number;
  /** What to say first; nothing when the server speaks first. */
  readonly hello?: Buffer;
  readonly timeoutMs?: number;
}

/** The first bytes that a server answers; null when there is no server, or it stays silent. */
export function firstAnswer({ host = "127.0.0.1", port, hello, timeoutMs = 1_000 }: Exchange): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (answer: Buffer | null): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish(null));
    socket.once("connect", () => hello !== undefined && socket.write(hello));
    socket.once("data", finish);
    socket.once("error", () => finish(null));
    socket.once("close", () => finish(null));
  });
}

/** Whether somebody listens there. */
export function accepts(host: string, port: number, timeoutMs = 3_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.once("connect", () => finish(true));
    socket.once("error", () => finish(false));
  });
}
