import { NodeId } from "@clew/schema";
import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { Label } from "../../core/text.ts";

/** Somebody wants these webhooks told of something, whatever else they ask for. */
export const noticeGiven = defineFact({
  type: "notice.given",
  v: 1,
  payload: z.strictObject({
    webhooks: z.array(NodeId).max(20),
    severity: z.enum(["INFO", "WARNING", "CRITICAL"]),
    from: Label.max(400).describe("What says so, as a trigger's key."),
    message: z.string().max(2000),
    about: NodeId,
  }),
  project: () => [],
});

export const NOTICE = noticeGiven.type;
