import { firstAnswer } from "./ports.ts";

/** NATS greets everyone with one INFO line. */
export async function natsVersion(port: number): Promise<string | null> {
  const greeting = (await firstAnswer({ port }))?.toString("utf8") ?? "";
  return /^INFO .*"version":"([^"]+)"/.exec(greeting)?.[1] ?? null;
}

/** Protocol 3.0 and the user's name; a server that is up asks for a password, one that recovers answers 57P03. */
export async function postgresAnswers(port: number): Promise<boolean> {
  const body = Buffer.from("\0\x03\0\0user\0clew\0database\0clew\0\0", "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  const answer = await firstAnswer({ port, hello: Buffer.concat([length, body]) });
  return answer?.[0] === "R".charCodeAt(0);
}

/** Bolt's magic number and four versions; the server picks one, or answers zero. */
export async function boltAnswers(port: number): Promise<boolean> {
  const hello = Buffer.from("6060b01700080805000204040000000300000000", "hex");
  const answer = await firstAnswer({ port, hello });
  return answer !== null && answer.length >= 4 && answer.readUInt32BE(0) !== 0;
}
