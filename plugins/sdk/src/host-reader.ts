import { HostMessage, type Observed } from "@clew/schema";
import { readLines } from "./lines.ts";
import { PluginFailure } from "./plugin-failure.ts";

type Hello = Extract<HostMessage, { type: "hello" }>;
type Parameters = Extract<HostMessage, { type: "parameters" }>;
type Inputs = Extract<HostMessage, { type: "inputs" }>;

/** A host may list a million files of inputs in one line. */
const MAX_HOST_LINE_BYTES = 256 * 1024 * 1024;

/** What the host says before a job begins. */
export interface JobStart {
  hello: Hello;
  parameters: Parameters["values"];
  inputs: Inputs["inputs"];
}

/** What the host wants of a service's endpoint. */
export type DeploymentMessage = Extract<HostMessage, { type: "deployment" }>;

/** What a host says to a service between its start and its end. */
export interface ServiceListener {
  readonly onDeployment: (message: DeploymentMessage) => void;
  /** @throws {PluginFailure} PROTOCOL_VIOLATION for what was not asked for. */
  readonly onObserved: (observed: Observed) => void;
}

/** Reads what the host says: the start, in its order, then deployments and what is observed, a cancel or the end of the stream. */
export class HostReader {
  readonly #lines: AsyncGenerator<{ text: string; isCut: boolean }>;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#lines = readLines(input, MAX_HOST_LINE_BYTES);
  }

  /** @throws {PluginFailure} PROTOCOL_VIOLATION, or CANCELLED where the host cancels before the start is complete. */
  async start(): Promise<JobStart> {
    const hello = await this.#expect("hello");
    const parameters = await this.#expect("parameters");
    const inputs = await this.#expect("inputs");
    return { hello, parameters: parameters.values, inputs: inputs.inputs };
  }

  /** Resolves with the reason when the host cancels, with null when it has gone away; passes on what comes before. */
  async cancelled({ onDeployment, onObserved }: ServiceListener): Promise<string | null> {
    for (;;) {
      const message = await this.#next();
      if (message === null) return null;
      if (message.type === "cancel") return message.reason;
      const { type, ...said } = message;
      if (type === "deployment") onDeployment(message);
      else if (type === "observed") onObserved(said as Observed);
      else throw new PluginFailure("PROTOCOL_VIOLATION", `unexpected ${type} from the host`);
    }
  }

  async #expect<T extends HostMessage["type"]>(type: T): Promise<Extract<HostMessage, { type: T }>> {
    const message = await this.#next();
    if (message?.type === "cancel") throw new PluginFailure("CANCELLED", message.reason);
    if (message?.type !== type) {
      throw new PluginFailure("PROTOCOL_VIOLATION", `the host said ${message?.type ?? "nothing"} where ${type} is due`);
    }
    return message as Extract<HostMessage, { type: T }>;
  }

  async #next(): Promise<HostMessage | null> {
    const line = await this.#lines.next();
    if (line.done === true) return null;
    const parsed = HostMessage.safeParse(parseJson(line.value.text));
    if (parsed.success) return parsed.data;
    throw new PluginFailure("PROTOCOL_VIOLATION", `the host sent a malformed line: ${line.value.text.slice(0, 200)}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
