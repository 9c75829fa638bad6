import { z } from "zod";
import type { NodeOf } from "../../core/define-node.ts";
import { Basis, Reason } from "../decisions/index.ts";
import { changeServed, EndpointRef } from "./deploy.ts";
import type { Deployment } from "./deployment.node.ts";
import type { Endpoint } from "./endpoint.node.ts";
import { goBackTo } from "./previous-revision.ts";

export const RollBack = z
  .strictObject({
    endpoint: EndpointRef,
    toVersion: z
      .number()
      .int()
      .min(1)
      .max(2_000_000_000)
      .nullable()
      .default(null)
      .describe(
        "The revision to go back to. When left out, the newest that was active before and serves something else, and that nobody has gone back from.",
      ),
    reason: Reason,
    basis: Basis,
  })
  .meta({ id: "RollBack" });

export interface RollBackLookups {
  readonly endpoint: NodeOf<typeof Endpoint>;
  /** The revision to go back to. */
  readonly target: NodeOf<typeof Deployment>;
}

/** A new revision that serves what an earlier one did. */
export function rollBack({ reason, basis }: z.infer<typeof RollBack>, { endpoint, target }: RollBackLookups) {
  return changeServed(endpoint, {
    ...goBackTo(target),
    reason,
    basis,
    expectedVersion: null,
    path: () => ["toVersion"],
  });
}
