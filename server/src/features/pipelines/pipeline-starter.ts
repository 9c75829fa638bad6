import { digestOf } from "@clew/schema";
import type { Principal } from "../../graphql/principal.ts";
import type { UserError } from "../../ledger/command.ts";
import type { PipelineParts } from "./beginning.ts";
import { lookUpStart } from "./look-up-start.ts";
import { StartPipeline, startPipeline } from "./start-pipeline.ts";
import type { z } from "zod";

/** Starts pipelines for whoever does not come through GraphQL: a follower of the ledger. */
export class PipelineStarter {
  readonly #parts: Pick<PipelineParts, "reader" | "record">;

  constructor(parts: Pick<PipelineParts, "reader" | "record">) {
    this.#parts = parts;
  }

  /**
   * A run of a pipeline; the same key and input again is the same run.
   * @throws FORBIDDEN where the principal may not start it
   */
  async start(
    input: z.input<typeof StartPipeline>,
    principal: Principal,
    idempotencyKey: string,
  ): Promise<{ readonly run: string } | { readonly errors: readonly UserError[] }> {
    const parsed = StartPipeline.parse(input);
    const start = await lookUpStart(this.#parts.reader, principal, parsed);
    if ("errors" in start) return start;
    const recorded = await this.#parts.record({
      principal: principal.agentId,
      mutation: "startPipeline",
      idempotencyKey,
      inputDigest: digestOf(parsed),
      ...startPipeline(start),
    });
    return recorded.ok ? recorded.answer : { errors: recorded.errors };
  }
}
