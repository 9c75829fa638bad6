import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between a client and a server, and can lose an answer as a broken network would. */
export interface CuttingProxy {
  readonly port: number;
  /** The next answer is read from the server and then lost: its connection is cut instead. */
  loseNextAnswer(): void;
  readonly lost: number;
  /** The connections that there are now carry nothing more, and nobody is told; new ones do. */
  fallSilent(): void;
  close(): Promise<void>;
}

export async function cuttingProxy(host: string, port: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let isLosing = false;
  let lost = 0;
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    client.pipe(upstream);
    upstream.on("data", (bytes) => {
      if (!isLosing) {
        client.write(bytes);
        return;
      }
      isLosing = false;
      lost++;
      client.destroy();
      upstream.destroy();
    });
    upstream.on("end", () => client.end());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as AddressInfo).port,
    loseNextAnswer: () => {
      isLosing = true;
    },
    get lost() {
      return lost;
    },
    fallSilent: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}
