import { readFileSync } from "node:fs";
import { AssetKeyText, type Json } from "@clew/schema";
import { InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { UsageError } from "./errors.ts";

/** For options that may be given several times. */
export function collect<Value>(parse: (text: string) => Value): (text: string, before?: readonly Value[]) => Value[] {
  return (text, before = []) => [...before, parse(text)];
}

export interface Pair {
  readonly name: string;
  readonly value: string;
}

/** `name=value`; the value may hold more equals signs. */
export function parsePair(text: string): Pair {
  const at = text.indexOf("=");
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError("It must look like name=value.");
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

/** What a list is asked of a parameter or a metric, as the API takes it. */
export interface Condition {
  readonly name: string;
  readonly equals?: Json;
  readonly lessThan?: number;
  readonly atMost?: number;
  readonly greaterThan?: number;
  readonly atLeast?: number;
}

const COMPARED = { "<": "lessThan", "<=": "atMost", ">": "greaterThan", ">=": "atLeast" } as const;

/** `lr=0.01`, `roc_auc>0.64`, `loss<=1e-3`; what is no JSON is text. */
export function parseCondition(text: string): Condition {
  const [, name, operator, value] = /^([^<>=]+)(<=|>=|<|>|=)(.+)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError("It must look like name=value, name>number or name<=number.");
  if (operator === "=") return { name, equals: equalTo(value) };
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number))
    throw new InvalidArgumentError(`${value} is no number to compare with.`);
  return { name, [COMPARED[operator as keyof typeof COMPARED]]: number };
}

/** JSON.parse would change a number of many digits; null, which GraphQL takes for nothing, is the same as its text. */
function equalTo(text: string): Json {
  if (/^-?[1-9]\d{15,18}$/.test(text)) return { $int64: text };
  return jsonOrText(text) ?? "null";
}

export interface MetricOrder {
  readonly name: string;
  readonly direction: "ASC" | "DESC";
}

/** `roc_auc`, the largest first, or `loss:asc`. */
export function parseMetricOrder(text: string): MetricOrder {
  const [, name, direction = "desc"] = /^(.+?)(?::(asc|desc))?$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("It must look like roc_auc or loss:asc.");
  return { name, direction: direction === "asc" ? "ASC" : "DESC" };
}

export function parseOutput(text: string): Pair {
  const pair = parsePair(text);
  if (!AssetKeyText.safeParse(pair.value).success)
    throw new InvalidArgumentError("It must look like role=namespace/name.");
  return pair;
}

export function parseInteger(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

export function parseList(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}

/** A date or time as RFC 3339 text in UTC; a date alone is its first moment. */
export function parseTime(text: string): string {
  const ms = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(ms))
    throw new InvalidArgumentError("It must look like 2026-01-31 or 2026-01-31T12:00:00Z.");
  return new Date(ms).toISOString();
}

/** One parameter of a run; `readParameters` reads all of them. */
export function parameterOption(): Option {
  const what = "a parameter, as target=late or network.maxEpochs=30; may be repeated, and wins over --params";
  return new Option("--param <name=json>", what).argParser(collect(parsePair));
}

const Parameters = z.record(z.string(), z.json());
export type Parameters = z.infer<typeof Parameters>;

/**
 * Parameters of a run: those of a JSON file, and over them single ones: `target=late`, or `network.maxEpochs=30` of what lies within
 * one. A value that is no JSON is taken as text.
 * @throws {UsageError} where the file holds no JSON object.
 */
export function readParameters(file: string | undefined, single: readonly Pair[]): Parameters {
  const parameters = file === undefined ? {} : parametersIn(file);
  return single.reduce((all, { name, value }) => within(all, name.split("."), jsonOrText(value)), parameters);
}

function within(object: Parameters, [name = "", ...deeper]: readonly string[], value: Parameters[string]): Parameters {
  const { [name]: before } = object;
  const inner = Parameters.safeParse(before).data ?? {};
  return { ...object, [name]: deeper.length === 0 ? value : within(inner, deeper, value) };
}

function parametersIn(file: string): Parameters {
  try {
    return Parameters.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new UsageError(`${file} cannot be used as parameters: ${whatIsWrong(error)}`, { cause: error });
  }
}

function whatIsWrong(error: unknown): string {
  return error instanceof z.ZodError ? "it must hold one JSON object" : (error as Error).message;
}

function jsonOrText(text: string): Parameters[string] {
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    return text;
  }
}
