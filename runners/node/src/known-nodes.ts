import { NodeId, type Prediction } from "@clew/schema";
import type { CallOptions, GraphqlLink } from "./graphql-link.ts";
import { readableNode } from "./operations.ts";

/** So many answers are kept: an endpoint has few deployments, and whoever makes ids up must not make the runner grow. */
const KEPT_MAX = 10_000;

/** Which deployments and models a run may tell of. Each was there before what it predicted, so that the server is asked of each once. */
export class KnownNodes {
  readonly #link: Pick<GraphqlLink, "call">;
  readonly #call: CallOptions;
  readonly #answers = new Map<string, boolean>();

  constructor(link: Pick<GraphqlLink, "call">, call: CallOptions) {
    this.#link = link;
    this.#call = call;
  }

  /** Predictions that name what is not there, or is another endpoint's, without a deployment: nothing can be said about them. */
  async named(predictions: readonly Prediction[]): Promise<Prediction[]> {
    const given: Prediction[] = [];
    for (const one of predictions)
      given.push((await this.#isKnown(one.deployment, one.model)) ? one : { ...one, deployment: null });
    return given;
  }

  async #isKnown(...ids: readonly (string | null)[]): Promise<boolean> {
    for (const id of ids) if (id !== null && !(await this.#isReadable(id))) return false;
    return true;
  }

  async #isReadable(id: string): Promise<boolean> {
    const answer = this.#answers.get(id) ?? (NodeId.safeParse(id).success && (await this.#ask(id)));
    if (this.#answers.size === KEPT_MAX) this.#answers.clear();
    this.#answers.set(id, answer);
    return answer;
  }

  async #ask(node: string): Promise<boolean> {
    return (await this.#link.call(readableNode, { node }, this.#call)).node !== null;
  }
}
