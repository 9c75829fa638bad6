import { NodeId, typeOfId } from "@clew/schema";
import { z } from "zod";
import { defineFact } from "../../core/define-fact.ts";
import { lead, patch, place } from "../../core/define-node.ts";
import { Model } from "../catalog/index.ts";
import { Endpoint } from "../deployments/index.ts";
import { KpiValue } from "./kpi-value.node.ts";
import { UseCase } from "./use-case.node.ts";

const { state, purpose, riskTier, replaces, kpis, nextReviewAt, owner, lastKpis } = UseCase.fields;
const { value, unit, direction, target, baseline, isMet, source, recordedAt } = KpiValue.fields;

export const useCaseCreated = defineFact({
  type: "use-case.created",
  v: 1,
  payload: UseCase.schema,
  project: (useCase, context) => place(UseCase, useCase, context),
});

/** All that may be changed of it, as it is from now on. */
export const useCaseChanged = defineFact({
  type: "use-case.changed",
  v: 1,
  payload: z.strictObject({ useCase: NodeId, state, purpose, riskTier, replaces, kpis, nextReviewAt, owner }),
  project: ({ useCase, ...set }) => [patch(UseCase, useCase, set)],
});

/** What a model or an endpoint is for from now on; `before` is what it was for. */
export const useCaseSet = defineFact({
  type: "use-case.set",
  v: 1,
  payload: z.strictObject({ of: NodeId, useCase: NodeId.nullable(), before: NodeId.nullable() }),
  project: ({ of, useCase: to, before }) =>
    lead(typeOfId(of) === Model.name ? Model : Endpoint, "useCase", { id: of, before, to }),
});

/** The first figure of a period. `lastKpis` has the latest period of each KPI. */
export const kpiRecorded = defineFact({
  type: "kpi.recorded",
  v: 1,
  payload: z.strictObject({ value: KpiValue.schema, lastKpis }),
  project: ({ value: node, lastKpis: last }, context) => [
    ...place(KpiValue, node, context),
    patch(UseCase, node.useCase, { lastKpis: last }),
  ],
});

/** Another figure of a period that had one. */
export const kpiCorrected = defineFact({
  type: "kpi.corrected",
  v: 1,
  payload: z.strictObject({
    kpiValue: NodeId,
    value,
    unit,
    direction,
    target,
    baseline,
    isMet,
    source,
    recordedAt,
  }),
  project: ({ kpiValue, ...set }) => [patch(KpiValue, kpiValue, set)],
});

export const useCaseFacts = [useCaseCreated, useCaseChanged, useCaseSet, kpiRecorded, kpiCorrected];
