import { Agent, request } from "node:http";

/** Milliseconds. */
export interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface Load extends Latencies {
  readonly perSecond: number;
}

export function latencies(samples: readonly number[]): Latencies {
  const sorted = Float64Array.from(samples).sort();
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export function round(value: number): number {
  return Number(value.toPrecision(3));
}

/**
 * `clients` closed loops share `count` calls: each starts its next when its last has answered.
 * The first `warmUp` calls are made before the clock starts.
 */
export async function closedLoop(
  { clients, count, warmUp = 0 }: { clients: number; count: number; warmUp?: number },
  call: (n: number, client: number) => Promise<void>,
): Promise<Load> {
  if (warmUp > 0) await loop(clients, 0, warmUp, call);
  const started = performance.now();
  const samples = await loop(clients, warmUp, warmUp + count, call);
  const perSecond = Math.round((count / (performance.now() - started)) * 1000);
  return { perSecond, ...latencies(samples) };
}

async function loop(clients: number, from: number, to: number, call: (n: number, client: number) => Promise<void>) {
  const samples: number[] = [];
  let next = from;
  const client = async (_: unknown, index: number) => {
    while (next < to) {
      const n = next++;
      const before = performance.now();
      await call(n, index);
      samples.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return samples;
}

/** Posts GraphQL on kept connections: node:http costs the load generator a third of what fetch does. */
export class GraphqlClient {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: URL;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = new URL("/graphql", url);
    this.#token = token;
  }

  /** @throws {Error} with the answer's text when it has errors. */
  async data<Data>(query: string, variables: object = {}): Promise<Data> {
    const text = await this.#post(JSON.stringify({ query, variables }));
    const { data, errors } = JSON.parse(text) as { data?: Data; errors?: unknown };
    if (errors !== undefined || data === undefined) throw new Error(text);
    return data;
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(body: string): Promise<string> {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      authorization: `Bearer ${this.#token}`,
    };
    return new Promise((resolve, reject) => {
      const sent = request(this.#url, { method: "POST", agent: this.#agent, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("end", () => resolve(Buffer.concat(parts).toString()));
        answer.on("error", reject);
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }
}
