import type { ArrowFamily } from "@clew/schema/graphql";
import { Command, InvalidArgumentError } from "commander";
import { parseInteger, parseList, parseTime } from "../arguments.ts";
import { contextOf } from "../cli-context.ts";
import { UsageError } from "../errors.ts";
import { columnUses, useLines } from "../lineage/column-uses.ts";
import { findInference, inferenceLines } from "../lineage/inference.ts";
import { detailsOf } from "../lineage/node-details.ts";
import { renderTree } from "../lineage/render-tree.ts";
import { traceFrom } from "../lineage/trace.ts";
import { newestVersion, resolveNode } from "../resolve-node.ts";
import { type Io, printJson, printLines } from "../terminal/io.ts";

const FAMILIES: readonly ArrowFamily[] = ["MATERIAL", "SUBJECT", "CAUSAL"];

interface TraceFlags {
  readonly inference?: string;
  readonly up?: true;
  readonly down?: true;
  readonly depth?: number;
  readonly asOf?: string;
  readonly knownAt?: number;
  readonly minSeq?: number;
  readonly follow?: ArrowFamily[];
  readonly column?: string;
  readonly files?: true;
  readonly columns?: true;
  readonly json?: true;
}

export function traceCommand(io: Io): Command {
  return new Command("trace")
    .description("draw what a thing was made from, or what was made from it, as a tree")
    .argument(
      "[key|id]",
      "namespace/name@3, namespace/name@alias or an id; namespace/name is its newest version, with --down all of its versions",
    )
    .option(
      "--inference <id>",
      "what stood behind an answer of an endpoint, by its X-Inference-Id, instead of <key|id>",
    )
    .option("--up", "what it was made from (unless --down)")
    .option("--down", "what was made from it")
    .option("--depth <n>", "at most so many arrows away, up to 32 (default: 16)", parseInteger(1, 32))
    .option("--as-of <time>", "as it was then: 2026-01-31 or 2026-01-31T12:00:00Z", parseTime)
    .option("--known-at <entry>", "as it was known after this ledger entry", parseInteger(0))
    .option(
      "--min-seq <entry>",
      "only once the graph holds this ledger entry, which a write has answered",
      parseInteger(0),
    )
    .option("--follow <families>", "arrows to follow: material, subject, causal (default: material)", parseFamilies)
    .option("--column <name>", "of a dataset: which model versions use this column, and as which features")
    .option("--files", "with the files of every version")
    .option("--columns", "with the columns of every version, and where they come from")
    .option("--json", "as JSON")
    .action((what: string | undefined, flags: TraceFlags, command: Command) => trace(io, what, flags, command));
}

function parseFamilies(text: string): ArrowFamily[] {
  return parseList(text).map((name) => {
    const family = FAMILIES.find((one) => one === name.toUpperCase());
    if (family === undefined) throw new InvalidArgumentError("Families are material, subject and causal.");
    return family;
  });
}

async function trace(io: Io, named: string | undefined, flags: TraceFlags, command: Command): Promise<void> {
  if (flags.up && flags.down) throw new UsageError("give --up or --down, not both");
  if ((named === undefined) === (flags.inference === undefined)) throw new UsageError("give <key|id> or --inference");
  if (flags.column !== undefined) return traceColumn(io, named ?? "", { ...flags, column: flags.column }, command);
  const { client, paint } = contextOf(io, command);
  const inference = flags.inference === undefined ? null : await findInference(client, flags.inference);
  if (inference && !flags.json) printLines(io, [...inferenceLines(inference, paint), ""]);
  const what = named ?? inference!.model?.id ?? inference!.deployment.id;
  const { depth, asOf, knownAt, minSeq, follow, files = false, columns = false } = flags;
  const time = { ...(asOf === undefined ? {} : { asOf }), ...(knownAt === undefined ? {} : { knownAt }) };
  const node = await resolveNode(client, what, time);
  const start = flags.down ? node : await newestVersion(client, node, what, time);
  const found = await traceFrom(client, start, {
    direction: flags.down ? "DOWNSTREAM" : "UPSTREAM",
    ...(depth === undefined ? {} : { maxDepth: depth }),
    ...time,
    ...(minSeq === undefined ? {} : { minSeq }),
    ...(follow === undefined ? {} : { follow }),
  });
  if (flags.json) return printJson(io, inference ? { inference, ...found } : found);
  const details = files || columns ? await detailsOf(client, found, { files, columns }, paint) : undefined;
  printLines(io, renderTree(found, paint, details));
}

type ColumnFlags = TraceFlags & { readonly column: string };

async function traceColumn(io: Io, what: string, flags: ColumnFlags, command: Command): Promise<void> {
  const { column, minSeq, json, down: _, ...others } = flags;
  const [other] = Object.keys(others);
  // What it does not heed would seem to have been heeded.
  if (other !== undefined)
    throw new UsageError(`--column goes with --min-seq and --json alone: leave out ${flagOf(other)}`);
  const { client, paint } = contextOf(io, command);
  const dataset = await resolveNode(client, what);
  const found = await columnUses(client, { dataset, column, ...(minSeq === undefined ? {} : { minSeq }) });
  if (json) printJson(io, found);
  else printLines(io, useLines(found, paint));
}

function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
