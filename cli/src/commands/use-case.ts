import { RiskTier, UseCaseState } from "@clew/schema";
import {
  ChangeUseCaseDocument,
  CreateUseCaseDocument,
  type KpiInput,
  RecordKpiDocument,
  SetUseCaseDocument,
} from "@clew/schema/graphql";
import { Command, InvalidArgumentError } from "commander";
import { collect, parseTime } from "../arguments.ts";
import { contextOf } from "../cli-context.ts";
import { accepted } from "../client.ts";
import { UsageError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";
import { upperWords } from "./list-filters.ts";

interface Flags {
  readonly purpose?: string;
  readonly owner?: string;
  readonly team?: true;
  readonly risk?: string;
  readonly state?: string;
  readonly replaces?: string;
  readonly kpi?: KpiInput[];
  readonly review?: string;
}

interface NewFlags extends Flags {
  readonly purpose: string;
  readonly owner: string;
  readonly risk: string;
}

interface FigureFlags {
  readonly from: string;
  readonly to: string;
  readonly source?: string;
}

/** What models are used for. */
export function useCaseCommand(io: Io): Command {
  const command = new Command("use-case").description("say what models are used for, and how that goes");
  withFields(command.command("new").description("make a use case").argument("<key>", "namespace/name"), true).action(
    async (key: string, flags: NewFlags, self: Command) => {
      const [namespace = "", ...name] = key.split("/");
      if (name.length === 0) throw new UsageError(`${key} must look like namespace/name`);
      const { purpose, owner, risk } = flags;
      const input = {
        ...fieldsOf(flags),
        namespace,
        name: name.join("/"),
        purpose,
        owner: ownerOf(owner, flags),
        riskTier: riskOf(risk),
      };
      accepted((await contextOf(io, self).client.request(CreateUseCaseDocument, { input })).createUseCase);
      io.out(`${key} is there: \`clew use-case for <model or endpoint> ${key}\` says what is used for it`);
    },
  );
  withFields(
    command.command("set").description("change a use case").argument("<key|id>", "the use case"),
    false,
  ).action(async (useCase: string, flags: Flags, self: Command) => {
    const input = {
      ...fieldsOf(flags),
      useCase,
      ...(flags.purpose === undefined ? {} : { purpose: flags.purpose }),
      ...(flags.owner === undefined ? {} : { owner: ownerOf(flags.owner, flags) }),
      ...(flags.risk === undefined ? {} : { riskTier: riskOf(flags.risk) }),
    };
    accepted((await contextOf(io, self).client.request(ChangeUseCaseDocument, { input })).changeUseCase);
    io.out(`${useCase} is changed`);
  });
  command
    .command("for")
    .description("say what a model or an endpoint is for")
    .argument("<model|endpoint>", "namespace/name")
    .argument("<use case>", "namespace/name, or none")
    .action(async (of: string, text: string, _: object, self: Command) => {
      const useCase = text === "none" ? null : text;
      accepted((await contextOf(io, self).client.request(SetUseCaseDocument, { input: { of, useCase } })).setUseCase);
      io.out(useCase === null ? `${of} is for no use case` : `${of} is for ${useCase}`);
    });
  command
    .command("kpi")
    .description("tell what a KPI came to in a period; the same period again corrects it")
    .argument("<key|id>", "the use case")
    .argument("<kpi>", "its name")
    .argument("<value>", "what it came to", parseNumber)
    .requiredOption("--from <time>", "the period's beginning: 2026-10-01", parseTime)
    .requiredOption("--to <time>", "its end, which is no part of it: 2026-11-01", parseTime)
    .option("--source <text>", "where the figure comes from")
    .action(async (useCase: string, kpi: string, value: number, flags: FigureFlags, self: Command) => {
      const { from, to, source = null } = flags;
      const input = { useCase, kpi, value, from, to, source };
      const { kpiValue } = accepted((await contextOf(io, self).client.request(RecordKpiDocument, { input })).recordKpi);
      io.out(kpiValue!.isMet ? `${kpi}: the target is met` : `${kpi}: the target is missed, an alert tells of it`);
    });
  return command;
}

function withFields(command: Command, isNew: boolean): Command {
  const needed = (flags: string, text: string) =>
    isNew ? command.requiredOption(flags, text) : command.option(flags, text);
  needed("--purpose <text>", "what it is for");
  needed("--owner <name>", "the person, or with --team the team, who answers for it");
  needed("--risk <tier>", `${RiskTier.options.join(", ")}, as the EU's AI Act has them`);
  return command
    .option("--team", "the owner is a team")
    .option("--state <state>", UseCaseState.options.join(", "))
    .option("--replaces <text>", "the process that it takes the place of")
    .option(
      "--kpi <kpi>",
      "what it is measured by, as 'accepted>=90 % was 60', or <= where less is better; may be repeated",
      collect(parseKpi),
    )
    .option("--review <time>", "when somebody has to look at it again", parseTime);
}

function fieldsOf({ state, replaces, kpi, review }: Flags) {
  return {
    ...(state === undefined ? {} : { state: upperWords("state", [state], UseCaseState.options)[0]! }),
    ...(replaces === undefined ? {} : { replaces }),
    ...(kpi === undefined ? {} : { kpis: kpi }),
    ...(review === undefined ? {} : { nextReviewAt: review }),
  };
}

function ownerOf(name: string, { team }: Flags) {
  return { name, kind: team ? ("TEAM" as const) : ("USER" as const) };
}

function riskOf(text: string): RiskTier {
  return upperWords("risk", [text], RiskTier.options)[0]!;
}

/** `accepted>=90 % was 60`: name, direction, target, and perhaps unit and baseline. */
function parseKpi(text: string): KpiInput {
  const parts = /^(.+?)\s*(>=|<=)\s*(\S+)(?:\s+(.*?))??(?:\s+was\s+(\S+))?$/.exec(text);
  if (parts === null) throw new InvalidArgumentError("It must look like 'accepted>=90 % was 60'.");
  const [, name = "", operator, target = "", unit, baseline] = parts;
  return {
    name,
    direction: operator === ">=" ? "HIGHER" : "LOWER",
    target: parseNumber(target),
    unit: unit || null,
    baseline: baseline === undefined ? null : parseNumber(baseline),
  };
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`${text} is no number.`);
}
