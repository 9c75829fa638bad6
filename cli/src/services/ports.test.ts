import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { accepts, freePort } from "./ports.ts";

test("a free port is one that nobody listens on, and that the system gives to nobody by itself", async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, freePort));
  for (const port of ports) {
    expect(port).toBeLessThan(32_768);
    expect(await accepts("127.0.0.1", port)).toBe(false);
  }
  const server = createServer().listen(ports[0], "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  expect(await accepts("127.0.0.1", ports[0]!)).toBe(true);
});
