import { contentId } from "@clew/schema";
import { z } from "zod";
import type { Fact, FactContext } from "../../core/define-fact.ts";
import type { NodeOf } from "../../core/define-node.ts";
import { Time } from "../../core/time.ts";
import { type Decision, type Heads, refuse } from "../../ledger/command.ts";
import { alertOn } from "../alerts/index.ts";
import { UseCaseRef } from "./change-use-case.ts";
import { KpiValue } from "./kpi-value.node.ts";
import { kpiCorrected, kpiRecorded } from "./use-case.facts.ts";
import { type Kpi, UseCase } from "./use-case.node.ts";

export const RecordKpi = z
  .strictObject({
    useCase: UseCaseRef,
    kpi: KpiValue.fields.name.describe("Its name, as the use case defines it."),
    value: KpiValue.fields.value,
    from: Time,
    to: Time.describe("The end of the period, which is no part of it."),
    source: KpiValue.fields.source.default(null),
  })
  .refine(({ from, to }) => from < to, { path: ["to"], message: "a period ends after it begins" })
  .meta({ id: "RecordKpi" });
type RecordKpi = z.infer<typeof RecordKpi>;

type UseCaseNode = NodeOf<typeof UseCase>;

export interface KpiLookups {
  readonly useCase: UseCaseNode;
  /** The last alert of this KPI. */
  readonly last: { readonly id: string; readonly episode: number } | null;
}

export const causeOf = (kpi: string) => `kpi:${kpi}`;

/** What a KPI came to in a period: the first figure, or a correction. One that misses its target raises an alert as well. */
export function recordKpi(input: RecordKpi, { useCase: before, last }: KpiLookups) {
  const id = contentId("KpiValue", before.id, input.kpi, String(input.from), String(input.to));
  const alert = alertOn({ subject: before, last }, causeOf(input.kpi));
  return {
    heads: [id, ...alert.heads],
    decide: (heads: Heads, context: FactContext): Decision<{ kpiValue: string; useCase: string }> => {
      const useCase = heads.get(UseCase, before.id)!;
      const kpi = useCase.kpis.find(({ name }) => name === input.kpi);
      if (kpi === undefined) return unknownKpi(useCase, input.kpi);
      const isMet = reaches(kpi, input.value);
      const figure = figureOf(kpi, input, isMet, context);
      const told = heads.has(id) ? kpiCorrected.of({ kpiValue: id, ...figure }) : recorded(id, useCase, input, figure);
      const missed = isMet ? [] : [alert.tell(heads, context, miss(kpi, input)).fact];
      return { facts: [told, ...missed], answer: { kpiValue: id, useCase: useCase.id } };
    },
  };
}

function reaches({ direction, target }: Kpi, value: number): boolean {
  return direction === "HIGHER" ? value >= target : value <= target;
}

function figureOf(kpi: Kpi, { value, source }: RecordKpi, isMet: boolean, { at }: FactContext) {
  const { unit, direction, target, baseline } = kpi;
  return { value, unit, direction, target, baseline, isMet, source, recordedAt: at };
}

function recorded(
  id: string,
  { id: useCase, namespace, kpis, lastKpis }: UseCaseNode,
  { kpi: name, from, to }: RecordKpi,
  figure: ReturnType<typeof figureOf>,
): Fact {
  const before = lastKpis.find((one) => one.name === name);
  const others = lastKpis.filter((one) => one !== before && kpis.some((kpi) => kpi.name === one.name));
  const isLatest = before === undefined || to >= before.to;
  return kpiRecorded.of({
    value: { id, namespace, name, ...figure, from, to, useCase },
    lastKpis: isLatest ? [...others, { name, value: id, to }] : lastKpis,
  });
}

function miss({ name, unit, direction, target }: Kpi, { value, from, to }: RecordKpi) {
  const words = (number: number) => (unit === null ? String(number) : `${number} ${unit}`);
  const limit = direction === "HIGHER" ? "at least" : "at most";
  const message = `${name} came to ${words(value)} from ${dayOf(from)} to ${dayOf(to)}; the target is ${limit} ${words(target)}`;
  return { severity: "WARNING" as const, message, evidence: [] };
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function unknownKpi({ kpis }: UseCaseNode, name: string) {
  const known = kpis.length === 0 ? "it has none" : `it has ${kpis.map((kpi) => kpi.name).join(", ")}`;
  return refuse("INVALID_INPUT", ["kpi"], `the use case defines no KPI ${name}: ${known}`);
}
