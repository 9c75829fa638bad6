import { statSync } from "node:fs";
import { LABELS_MAX } from "@clew/schema";
import { Command } from "commander";
import { type CliContext, contextOf } from "../cli-context.ts";
import { UsageError } from "../errors.ts";
import { type GivenLabel, readLabels } from "../read-labels.ts";
import { sendLabels } from "../send-labels.ts";
import { count, plural } from "../terminal/format.ts";
import type { Io } from "../terminal/io.ts";
import { stepLog } from "../terminal/steps.ts";

export function labelsCommand(io: Io): Command {
  return new Command("labels")
    .description("tell what an endpoint's predictions turned out to be, from CSV or JSON lines")
    .argument("<endpoint>", "namespace/name or id")
    .argument("<file>", "with inference, row (0 where there is none), value, and at: when the outcome became known")
    .option("--text", "take each value of a CSV file as text, and not for the number, true or false that it looks like")
    .action((endpoint: string, file: string, { text }: { text?: true }, command: Command) =>
      sendAll(contextOf(io, command), endpoint, file, text === true),
    );
}

async function sendAll(context: CliContext, endpoint: string, file: string, isText: boolean): Promise<void> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`there is no file ${file}`);
  const step = stepLog(context).step(`labels of ${endpoint}`);
  let stored = 0;
  try {
    for await (const labels of inBatches(readLabels(file, isText))) {
      await sendLabels(context.client, endpoint, labels, stored);
      stored += labels.length;
      step.update(`${count(stored)} stored`);
    }
    step.done(`${plural(stored, "label")} stored`);
  } catch (error) {
    step.failed(`broke off after ${plural(stored, "label")}, which ${stored === 1 ? "is" : "are"} stored`);
    throw error;
  }
}

async function* inBatches(labels: AsyncIterable<GivenLabel>): AsyncGenerator<GivenLabel[]> {
  let batch: GivenLabel[] = [];
  for await (const label of labels) {
    if (batch.push(label) < LABELS_MAX) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
