import { Name, Namespace, NodeId, RiskTier, UseCaseState } from "@clew/schema";
import { z } from "zod";
import { defineNode } from "../../core/define-node.ts";
import { Label } from "../../core/text.ts";
import { Time } from "../../core/time.ts";
import { attributedTo } from "../access/index.ts";

const KPIS_MAX = 50;

export const KpiDirection = z.enum(["HIGHER", "LOWER"]).meta({ id: "KpiDirection" });

export const Kpi = z
  .strictObject({
    name: Label.max(100),
    unit: Label.max(40).nullable().describe("As %, EUR or minutes; null for a bare number."),
    direction: KpiDirection.describe("Which values are better."),
    target: z.number().describe("A value that is worse than this misses."),
    baseline: z.number().nullable().describe("What the replaced process came to."),
  })
  .meta({ id: "Kpi" });
export type Kpi = z.infer<typeof Kpi>;

export const UseCase = defineNode("UseCase", {
  description:
    "What models are used for: a business purpose, with an owner, a risk and the figures that it is measured by.",
  kind: "asset",
  fields: {
    namespace: Namespace,
    name: Name,
    state: UseCaseState,
    purpose: z.string().min(1).max(4000).describe("What it is for, in words."),
    riskTier: RiskTier,
    replaces: z.string().min(1).max(2000).nullable().describe("The process that it takes the place of, in words."),
    kpis: z.array(Kpi).max(KPIS_MAX).describe("What it is measured by."),
    nextReviewAt: Time.nullable().describe("When somebody has to look at it again."),
    owner: NodeId,
    lastKpis: z.array(z.strictObject({ name: z.string(), value: NodeId, to: Time })).max(KPIS_MAX),
    createdAt: Time,
  },
  edges: { attributedTo },
  hidden: ["owner", "lastKpis"],
  indexed: ["riskTier", "owner", "attributedTo"],
});
