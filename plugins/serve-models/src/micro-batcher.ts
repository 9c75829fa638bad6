import type { Batch, ServableModel, TensorSpec, Value } from "@clew/plugin-models";
import { takeFitting } from "./take-fitting.ts";

interface Waiting {
  readonly batch: Batch;
  readonly answer: (batch: Batch) => void;
  readonly fail: (error: unknown) => void;
}

/** Rows that go through a model at a time; a request of more goes alone. */
const ROWS_MAX = 4096;

/**
 * Lets requests that come while a model works go through it together: it is asked when the event loop has read what was there to read,
 * without a timer, so that a single request waits for nobody.
 */
export class MicroBatcher {
  readonly #model: ServableModel;
  readonly #waiting: Waiting[] = [];
  #isWorking = false;

  constructor(model: ServableModel) {
    this.#model = model;
  }

  /** @throws what the model throws of these rows. */
  predict(batch: Batch): Promise<Batch> {
    return new Promise((answer, fail) => {
      this.#waiting.push({ batch, answer, fail });
      if (this.#isWorking) return;
      this.#isWorking = true;
      setImmediate(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const taken = takeFitting(this.#waiting, ({ batch }) => batch.rows, { sizeMax: ROWS_MAX });
      if (!(await this.#together(taken))) for (const one of taken) await this.#alone(one);
    }
    this.#isWorking = false;
  }

  /** False where they must be asked one by one: what is wrong with one shall not hurt the others. */
  async #together(taken: readonly Waiting[]): Promise<boolean> {
    if (taken.length === 1) return false;
    try {
      const answers = split(await this.#model.predict(joined(taken, this.#model.inputs)), taken, this.#model.outputs);
      for (const [index, { answer }] of taken.entries()) answer(answers[index]!);
      return true;
    } catch {
      return false;
    }
  }

  async #alone({ batch, answer, fail }: Waiting): Promise<void> {
    try {
      answer(await this.#model.predict(batch));
    } catch (error) {
      fail(error);
    }
  }
}

function joined(taken: readonly Waiting[], specs: readonly TensorSpec[]): Batch {
  const rows = taken.reduce((sum, { batch }) => sum + batch.rows, 0);
  const tensors = specs.map(({ name }): [string, Value[]] => {
    return [name, taken.flatMap(({ batch }) => batch.tensors.get(name) ?? [])];
  });
  return { rows, tensors: new Map(tensors) };
}

function split({ tensors }: Batch, taken: readonly Waiting[], specs: readonly TensorSpec[]): Batch[] {
  let from = 0;
  return taken.map(({ batch: { rows } }) => {
    const start = from;
    from += rows;
    const own = specs.map(({ name, width }): [string, readonly Value[]] => {
      return [name, (tensors.get(name) ?? []).slice(start * width, from * width)];
    });
    return { rows, tensors: new Map(own) };
  });
}
