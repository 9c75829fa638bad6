import { type Failure, type JobInput, JobMessage, type JobOutput, type PluginManifest, failure } from "@clew/schema";
import type { Line } from "../lines.ts";

type Ending = Extract<JobMessage, { type: "result" | "failure" }>;

/** What a line of a job's standard output means: a message to pass on, or a breach of the protocol. */
export type Heard = { message: JobMessage; violation: null } | { message: null; violation: Failure };

const MESSAGE_TYPES: ReadonlySet<string> = new Set(JobMessage.options.map((option) => option.shape.type.value));
const OF_SERVICES: ReadonlySet<string> = new Set(["deployed", "listening", "predictions", "report", "alert"]);
const OF_WATCHERS: ReadonlySet<string> = new Set(["observe", "seen"]);
const MAX_LOG_CHARACTERS = 10_000;

/** The host's view of what a job has said so far: hello first, each output once and as declared, one ending, then silence. */
export class Conversation {
  readonly outputs = new Map<string, JobOutput>();
  environment: Record<string, string> = {};
  ending: Ending | null = null;
  readonly #manifest: PluginManifest;
  readonly #given: ReadonlySet<string>;
  #saidHello = false;

  constructor(manifest: PluginManifest, inputs: Record<string, readonly JobInput[]>) {
    this.#manifest = manifest;
    this.#given = new Set(Object.keys(inputs).filter((role) => (inputs[role]?.length ?? 0) > 0));
  }

  /** A line that is no message of the protocol is a log line; one that has a message's type must be that message. */
  hear(line: Line): Heard {
    const value = line.isCut ? undefined : parseJson(line.text);
    if (!isMessageLike(value)) return { message: logLine("info", line), violation: null };
    const parsed = JobMessage.safeParse(value);
    if (!parsed.success) return broken(`malformed ${value.type} message: ${firstIssue(parsed.error.issues)}`);
    const fault = this.#accept(parsed.data);
    return fault === null ? { message: parsed.data, violation: null } : broken(fault);
  }

  /** Required outputs that were not stated. */
  missingOutputs(): string[] {
    const required = Object.entries(this.#manifest.outputs).filter(([, declared]) => declared.required);
    return required.map(([role]) => role).filter((role) => !this.outputs.has(role));
  }

  #accept(message: JobMessage): string | null {
    if (this.ending !== null) return `${message.type} after the ${this.ending.type}`;
    if (message.type === "hello") return this.#acceptHello(message);
    if (!this.#saidHello) return `${message.type} before hello`;
    if (message.type === "output") return this.#acceptOutput(message.role, message.output);
    if (OF_SERVICES.has(message.type) && this.#manifest.kind === "task")
      return `${message.type} from a task, which serves nothing`;
    if (OF_WATCHERS.has(message.type) && this.#manifest.watches !== true)
      return `${message.type} from a plugin whose manifest does not say that it watches`;
    if (message.type === "result" || message.type === "failure") this.ending = message;
    return null;
  }

  #acceptHello(hello: Extract<JobMessage, { type: "hello" }>): string | null {
    const { name, version } = this.#manifest;
    if (this.#saidHello) return "hello was said twice";
    if (hello.plugin !== name || hello.version !== version) {
      return `hello from ${hello.plugin} ${hello.version}, the manifest is of ${name} ${version}`;
    }
    this.#saidHello = true;
    this.environment = hello.environment;
    return null;
  }

  #acceptOutput(role: string, output: JobOutput): string | null {
    const declared = Object.hasOwn(this.#manifest.outputs, role) ? this.#manifest.outputs[role] : undefined;
    if (declared === undefined) return `output ${role} is not declared in the manifest`;
    if (declared.type !== output.nodeType)
      return `output ${role} is a ${output.nodeType}, declared as ${declared.type}`;
    if (this.outputs.has(role)) return `output ${role} was stated twice`;
    const unknown = rolesNamedBy(output).find((input) => !this.#given.has(input));
    if (unknown !== undefined) return `output ${role} names input ${unknown}, which this job was not given`;
    this.outputs.set(role, output);
    return null;
  }
}

function rolesNamedBy(output: JobOutput): string[] {
  if (output.nodeType === "Report") return output.about;
  return output.columnLineage.flatMap((lineage) => lineage.from.map((source) => source.input));
}

/** A log message of a line's first 10,000 characters. */
export function logLine(level: "info" | "warn", line: Line): Extract<JobMessage, { type: "log" }> {
  return { type: "log", level, message: line.text };
}

/** A log message that fits the protocol; to be called after masking, which must see the whole text. */
export function shortened(message: JobMessage): JobMessage {
  if (message.type !== "log" || message.message.length <= MAX_LOG_CHARACTERS) return message;
  return { ...message, message: `${message.message.slice(0, MAX_LOG_CHARACTERS - 1)}…` };
}

function broken(reason: string): Heard {
  return { message: null, violation: failure("PROTOCOL_VIOLATION", reason) };
}

function parseJson(text: string): unknown {
  try {
    return text.startsWith("{") ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function isMessageLike(value: unknown): value is { type: string } {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  return typeof value.type === "string" && MESSAGE_TYPES.has(value.type);
}

function firstIssue(issues: readonly { path: readonly PropertyKey[]; message: string }[]): string {
  const issue = issues[0];
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.map(String).join(".")}: `;
  return where + (issue?.message ?? "");
}
