import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Failure, type HostMessage, type JobMessage, RelativePath, type ServedModel, idToken } from "@clew/schema";
import type { Logger } from "pino";
import { filesAfter, type PlaceOptions, placeInputs } from "./attempt-inputs.ts";
import { LeaseLost, isLost } from "./faults.ts";
import { type CallOptions, type GraphqlLink, RequestRefused, requireAccepted } from "./graphql-link.ts";
import { reportDeployment, type ServedDeployment, servedByRun } from "./operations.ts";

/** The word of a change may be lost: how often a service looks without one. */
const LOOK_EVERY_MS = 15_000;
/** Under the job's input folder; no role has a version's folder of such a name. */
const MODELS = "models";

type Deployed = Extract<JobMessage, { type: "deployed" }>;

export interface EndpointWatchOptions extends PlaceOptions {
  readonly link: GraphqlLink;
  readonly runId: string;
  readonly inputDir: string;
  readonly log: Logger;
  readonly tell: (message: HostMessage) => void;
  /** The service has lost its run. */
  readonly onLost: (lost: LeaseLost) => void;
  /** What is active already cannot be served here. */
  readonly onFailure: (failure: Failure) => void;
  readonly lookEveryMs?: number;
}

/**
 * Keeps a service's job told of what its endpoint shall serve: looks at it every now and then and at once when the server says so, brings
 * the models' files, and reports what the job makes of it.
 */
export class EndpointWatch {
  readonly #options: EndpointWatchOptions;
  readonly #told = new Map<string, ServedDeployment>();
  readonly #placed = new Map<string, ServedModel["model"]>();
  #last = "";
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #endpoint: string | null = null;
  #isAskedAgain = false;

  constructor(options: EndpointWatchOptions) {
    this.#options = options;
  }

  /** The endpoint's id, once it is known. */
  get endpoint(): string | null {
    return this.#endpoint;
  }

  start(): void {
    this.#timer = setInterval(() => this.refresh(), this.#options.lookEveryMs ?? LOOK_EVERY_MS);
    this.refresh();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Looks at once; what is asked while it looks makes it look once more. */
  refresh(): void {
    this.#isAskedAgain = true;
    if (!this.#isLooking) void this.#lookWhileAsked();
  }

  /** Reports what the job has said. What is served already, or is not wanted any more, needs no report. */
  async hear({ deployment, failure }: Deployed): Promise<void> {
    const told = this.#told.get(deployment);
    const { runId, log, onFailure } = this.#options;
    if (told === undefined) {
      log.warn({ deployment }, "the job serves a deployment that nobody told it of");
      return;
    }
    if (told.state !== "PENDING") {
      if (failure !== null) onFailure(failure);
      return;
    }
    const key = `deployed:${runId}:${deployment}:${failure === null ? "yes" : "no"}`;
    await this.#guarded(async () => {
      const { link } = this.#options;
      const answer = await link.call(reportDeployment, { input: { deployment, failure } }, this.#call(key));
      requireAccepted(answer.reportDeployment);
      log.info({ deployment: told.key, failure }, "a deployment was reported");
    });
    this.refresh();
  }

  async #lookWhileAsked(): Promise<void> {
    this.#isLooking = true;
    while (this.#isAskedAgain && !this.#options.signal.aborted) {
      this.#isAskedAgain = false;
      await this.#guarded(() => this.#look());
    }
    this.#isLooking = false;
  }

  /** What failed for a while is done at the next look. */
  async #guarded(act: () => Promise<void>): Promise<void> {
    const { signal, onLost, log } = this.#options;
    try {
      await act();
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof RequestRefused && isLost(error.code)) onLost(new LeaseLost(error.message));
      else log.warn({ err: error }, "what the endpoint shall serve could not be settled; it is looked at again");
    }
  }

  async #look(): Promise<void> {
    const { link, runId } = this.#options;
    const { node } = await link.call(servedByRun, { run: runId }, this.#call(null));
    this.#endpoint = node?.endpoint?.id ?? null;
    const active = node?.endpoint?.activeDeployment ?? null;
    const wanted = node?.endpoint?.wantedDeployment ?? active;
    // A service that has just come serves at once what the endpoint serves, and then what it waits for.
    if (this.#last === "" && active !== null) await this.#tell(active);
    if (wanted !== null) await this.#tell(wanted);
    if (wanted !== null && wanted.id === active?.id) await this.#forgetAllBut(wanted);
  }

  async #tell(deployment: ServedDeployment): Promise<void> {
    this.#told.set(deployment.id, deployment);
    const word = wordOf(deployment);
    if (word === this.#last) return;
    const { id, key } = deployment;
    const serves: ServedModel[] = [];
    for (const served of deployment.serves) serves.push(await this.#served(deployment, served));
    this.#options.tell({ type: "deployment", id, key, serves });
    this.#last = word;
  }

  async #served(deployment: ServedDeployment, { node, weight, mode }: ServedDeployment["serves"][number]) {
    const isSuspended = deployment.state === "SUSPENDED" || node.state === "SUSPENDED";
    return { model: await this.#place(node), format: node.format, weight, mode, isSuspended };
  }

  /** The model's files, brought where the job finds them. */
  async #place(node: ServedDeployment["serves"][number]["node"]): Promise<ServedModel["model"]> {
    const known = this.#placed.get(node.id);
    if (known !== undefined) return known;
    const { id, key, digest, signature } = node;
    const files = await filesAfter(null, node, this.#options.link, this.#call(null));
    const dir = RelativePath.parse(`${MODELS}/${idToken(id)}`);
    const model = { id, key, type: "ModelVersion" as const, digest, dir, files, schema: [], signature };
    await placeInputs({ [MODELS]: [model] }, this.#options.inputDir, this.#options);
    this.#placed.set(id, model);
    return model;
  }

  /** A service may go on for years: files of models and words of deployments that are over go away. */
  async #forgetAllBut(deployment: ServedDeployment): Promise<void> {
    for (const id of this.#told.keys()) if (id !== deployment.id) this.#told.delete(id);
    const kept = new Set(deployment.serves.map(({ node }) => node.id));
    for (const [id, { dir }] of this.#placed) {
      if (kept.has(id)) continue;
      this.#placed.delete(id);
      await rm(join(this.#options.inputDir, dir), { recursive: true, force: true });
    }
  }

  #call(key: string | null): CallOptions {
    const { token, signal } = this.#options;
    return { token, key, signal, giveUpAfterMs: null };
  }
}

/** All of a deployment that the job is told. */
function wordOf({ id, state, serves }: ServedDeployment): string {
  return JSON.stringify([id, state === "SUSPENDED", serves.map(({ node }) => [node.id, node.state === "SUSPENDED"])]);
}
