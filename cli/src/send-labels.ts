import { digestOf } from "@clew/schema";
import { RecordLabelsDocument } from "@clew/schema/graphql";
import type { ClewClient } from "./client.ts";
import { CliError } from "./errors.ts";
import type { GivenLabel } from "./read-labels.ts";

/** Of what is refused, so many are named. */
const NAMED_MAX = 5;

/**
 * Tells an endpoint's labels, at most LABELS_MAX of them.
 * @param before records that were sent before these: the first of these counts as the next
 * @throws {CliError} that names the records which are refused
 */
export async function sendLabels(
  client: ClewClient,
  endpoint: string,
  labels: GivenLabel[],
  before: number,
): Promise<void> {
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
