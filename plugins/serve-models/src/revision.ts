import { type LocalDeployment, type LocalServedModel, PluginFailure } from "@clew/plugin-sdk";
import { MicroBatcher } from "./micro-batcher.ts";
import type { ServableModel, TensorSpec } from "@clew/plugin-models";
import type { RequestCheck } from "./request-check.ts";

/** A model as a revision serves it. */
export interface ServedEntry {
  readonly id: string;
  readonly key: string;
  /** Its name and number, `arrival-delay@3`: the version's name in the protocol. */
  readonly version: string;
  /** Among those that the deployment serves. */
  readonly place: number;
  readonly weight: number;
  readonly mode: LocalServedModel["mode"];
  readonly isSuspended: boolean;
  readonly model: ServableModel;
  readonly check: RequestCheck | null;
  readonly batcher: MicroBatcher;
}

export interface Loaded {
  readonly model: ServableModel;
  /** What its requests are held to; null where there is no data schema. */
  readonly check: RequestCheck | null;
}

/** Loads a model's files; called once for each model that is served, whatever revisions share it. */
export type Load = (served: LocalServedModel) => Promise<Loaded>;

interface Pooled extends Loaded {
  readonly batcher: MicroBatcher;
  uses: number;
}

/** The models in memory, each once, for as long as a revision or a request needs it. */
class ModelPool {
  readonly #load: Load;
  readonly #held = new Map<string, Pooled>();

  constructor(load: Load) {
    this.#load = load;
  }

  async take(served: LocalServedModel): Promise<Pooled> {
    const { id } = served.model;
    const held = this.#held.get(id);
    if (held !== undefined) {
      held.uses += 1;
      return held;
    }
    const { model, check } = await this.#load(served);
    const pooled = { model, check, batcher: new MicroBatcher(model), uses: 1 };
    this.#held.set(id, pooled);
    return pooled;
  }

  giveBack(id: string): void {
    const pooled = this.#held.get(id);
    if (pooled === undefined) return;
    pooled.uses -= 1;
    if (pooled.uses > 0) return;
    this.#held.delete(id);
    pooled.model.dispose();
  }
}

/** What a deployment serves, in memory until the last request that began with it has been answered. */
export class Revision {
  readonly id: string;
  readonly key: string;
  readonly entries: readonly ServedEntry[];
  readonly #release: () => void;
  #holders = 1;

  constructor({ id, key }: LocalDeployment, entries: readonly ServedEntry[], release: () => void) {
    this.id = id;
    this.key = key;
    this.entries = entries;
    this.#release = release;
  }

  /** The endpoint's name, which is the model's in the protocol. */
  get name(): string {
    return nameIn(this.key);
  }

  /** Those among which the traffic is shared. */
  get live(): readonly ServedEntry[] {
    return this.entries.filter(isLive);
  }

  /** Those that may answer. */
  get answering(): readonly ServedEntry[] {
    return this.live.filter(({ isSuspended }) => !isSuspended);
  }

  get shadows(): readonly ServedEntry[] {
    return this.entries.filter(({ mode, isSuspended }) => mode === "SHADOW" && !isSuspended);
  }

  /** Keeps the models in memory until what it answers is called. */
  hold(): () => void {
    this.#holders += 1;
    return () => this.#letGo();
  }

  /** No request begins with it any more. */
  retire(): void {
    this.#letGo();
  }

  #letGo(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#release();
  }
}

/** Which revision answers now. A new one takes over from one request to the next, when all its models are loaded. */
export class Revisions {
  readonly #pool: ModelPool;
  #current: Revision | null = null;

  constructor(load: Load) {
    this.#pool = new ModelPool(load);
  }

  get current(): Revision | null {
    return this.#current;
  }

  /** @throws {PluginFailure} where it cannot be served; the revision before goes on. */
  async take(deployment: LocalDeployment): Promise<Revision> {
    const entries: ServedEntry[] = [];
    const release = () => {
      for (const { id } of entries) this.#pool.giveBack(id);
    };
    try {
      for (const [place, served] of deployment.serves.entries()) entries.push(await this.#entry(served, place));
      refuseMixedInputs(entries);
    } catch (error) {
      release();
      throw error;
    }
    const before = this.#current;
    this.#current = new Revision(deployment, entries, release);
    before?.retire();
    return this.#current;
  }

  async #entry(served: LocalServedModel, place: number): Promise<ServedEntry> {
    const { model, check, batcher } = await this.#pool.take(served);
    const { id, key } = served.model;
    const { weight, mode, isSuspended } = served;
    return { id, key, version: nameAndNumber(key), place, weight, mode, isSuspended, model, check, batcher };
  }
}

function isLive({ mode }: ServedEntry): boolean {
  return mode === "LIVE";
}

/** Clients send one kind of request to an endpoint, whichever model answers. */
function refuseMixedInputs(entries: readonly ServedEntry[]): void {
  const [first, ...others] = entries.filter(isLive);
  if (first === undefined) return;
  const other = others.find(({ model }) => tensorsOf(model) !== tensorsOf(first.model));
  if (other === undefined) return;
  throw new PluginFailure(
    "BAD_INPUT",
    `${other.key} has not the inputs, outputs and classes of ${first.key}, beside which it is live`,
  );
}

function tensorsOf({ inputs, outputs }: ServableModel): string {
  const sorted = (specs: readonly TensorSpec[]) =>
    specs.map(({ name, datatype, width, classes }) => JSON.stringify([name, datatype, width, classes])).toSorted();
  return JSON.stringify([sorted(inputs), sorted(outputs)]);
}

/** `name` of `namespace/name@3`. */
function nameIn(key: string): string {
  return nameAndNumber(key).split("@")[0]!;
}

function nameAndNumber(key: string): string {
  return key.slice(key.indexOf("/") + 1);
}
