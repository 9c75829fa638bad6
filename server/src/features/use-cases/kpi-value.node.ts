import { Namespace } from "@clew/schema";
import { z } from "zod";
import { defineNode, one } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";
import { attributedTo } from "../access/index.ts";
import { Kpi } from "./use-case.node.ts";

const { name, unit, direction, target, baseline } = Kpi.shape;

export const KpiValue = defineNode("KpiValue", {
  description: "What a KPI of a use case came to in a period, beside what was its target then.",
  fields: {
    namespace: Namespace,
    name: name.describe("The KPI's."),
    value: z.number(),
    unit,
    direction,
    target,
    baseline,
    isMet: z.boolean().describe("Whether it reaches the target."),
    from: Time,
    to: Time.describe("The end of the period, which is no part of it."),
    source: z.string().min(1).max(1000).nullable().describe("Where the figure comes from, in words."),
    recordedAt: Time.describe("When it was told, or last corrected."),
  },
  edges: { useCase: one("ABOUT", "UseCase"), attributedTo },
  parent: "useCase",
});
