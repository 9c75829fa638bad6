import { once } from "node:events";
import type { Writable } from "node:stream";
import { JOB_PROTOCOL, JobMessage, type JobMessageInput, type PluginManifest } from "@clew/schema";
import type { JobLog } from "./job.ts";
import { MAX_LINE_BYTES } from "./lines.ts";
import { PluginFailure } from "./plugin-failure.ts";

type Ending = Extract<JobMessageInput, { type: "result" | "failure" }>;

const MAX_LOG_CHARACTERS = 10_000;

/** The way from a job to its host: hello comes first, what is said before it is held, and nothing follows the end. */
export class JobChannel {
  readonly #output: Writable;
  readonly #manifest: PluginManifest;
  #held: string[] | null = [];
  #isEnded = false;

  constructor(output: Writable, manifest: PluginManifest) {
    this.#output = output;
    this.#manifest = manifest;
  }

  /** Says hello and then what was held; does nothing when hello was said already. */
  hello(environment: Record<string, string>): void {
    if (this.#held === null) return;
    const { name: plugin, version } = this.#manifest;
    const line = encode({ type: "hello", protocol: JOB_PROTOCOL, plugin, version, environment });
    this.#output.write(line + this.#held.join(""));
    this.#held = null;
  }

  /** Messages that are sent together are written at once. @throws {PluginFailure} PROTOCOL_VIOLATION for one that the host would refuse. */
  send(...messages: readonly JobMessageInput[]): void {
    if (this.#isEnded || messages.length === 0) return;
    const lines = messages.map(encode).join("");
    if (this.#held === null) this.#output.write(lines);
    else this.#held.push(lines);
  }

  /** Says how the job ended; resolves when the last byte is with the operating system or the host has gone away. */
  async end(ending: Ending): Promise<void> {
    this.hello({});
    this.send(ending);
    this.#isEnded = true;
    await new Promise<void>((resolve) => {
      this.#output.write("", () => resolve());
    });
  }

  async drained(): Promise<void> {
    if (this.#output.writableNeedDrain) await once(this.#output, "drain");
  }
}

function encode(message: JobMessageInput): string {
  // Of these there are thousands a second, and the host looks at each.
  if (message.type === "predictions") return bounded(message.type, JSON.stringify(message));
  const parsed = JobMessage.safeParse(message);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.length ? ` (${issue.path.join(".")})` : "";
    throw new PluginFailure("PROTOCOL_VIOLATION", `bad ${message.type} message: ${issue?.message}${where}`);
  }
  return bounded(message.type, JSON.stringify(parsed.data));
}

function bounded(type: JobMessageInput["type"], line: string): string {
  if (Buffer.byteLength(line) <= MAX_LINE_BYTES) return `${line}\n`;
  throw new PluginFailure("PROTOCOL_VIOLATION", `the ${type} message is longer than 16 MiB`);
}

export function logTo(channel: JobChannel): JobLog {
  const at = (level: keyof JobLog) => (message: string) =>
    channel.send({ type: "log", level, message: message.slice(0, MAX_LOG_CHARACTERS) });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
