import { statSync } from "node:fs";
import { digestOf, LABELS_MAX } from "@clew/schema";
import { RecordLabelsDocument } from "@clew/schema/graphql";
import { Command } from "commander";
import { type CliContext, contextOf } from "../cli-context.ts";
import type { ClewClient } from "../client.ts";
import { CliError, UsageError } from "../errors.ts";
import { type GivenLabel, readLabels } from "../read-labels.ts";
import { count, plural } from "../terminal/format.ts";
import type { Io } from "../terminal/io.ts";
import { stepLog } from "../terminal/steps.ts";

/** Of what is refused, so many are named. */
const NAMED_MAX = 5;

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
      await send(context.client, endpoint, labels, stored);
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

/** @throws {CliError} that names the records which are refused, the first `before` ones being stored. */
async function send(client: ClewClient, endpoint: string, labels: GivenLabel[], before: number): Promise<void> {
  // From the content: what is sent again because nobody answered is stored once.
  const variables = { input: { endpoint, labels }, idempotencyKey: `labels:${digestOf(labels)}` };
  const { userErrors } = (await client.request(RecordLabelsDocument, variables)).recordLabels;
  const [first] = userErrors;
  if (first === undefined) return;
  const named = userErrors.slice(0, NAMED_MAX).map(({ path, message }) => {
    return path[0] === "labels" && path[1] !== undefined
      ? `record ${before + Number(path[1]) + 1}: ${message}`
      : message;
  });
  if (userErrors.length > NAMED_MAX) named.push(`and ${userErrors.length - NAMED_MAX} more`);
  throw new CliError(named.join("; "), { code: first.code });
}
