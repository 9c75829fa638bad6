import { type ClewClient, CliError, count, plural, type Trace, traceFrom } from "@clew/cli";
import type { ArrowType } from "@clew/schema/graphql";

/** Far enough from a month's account to the deliveries that its models were trained on. */
const DEPTH = 8;
const FOLLOW = ["MATERIAL", "SUBJECT", "CAUSAL"] as const;

/** What a line of the table rests on. */
export interface Claim {
  /** As delivery, alert or decision. */
  readonly what: string;
  readonly id: string;
  /** How many rows it has, where it has any. */
  readonly rows?: number;
}

/** The lineage query that proves a line. */
export interface Proof {
  /** The key of the dataset version with the month's flights, where the query begins. */
  readonly account: string;
  readonly command: string;
  /** What the line claims and the query's answer holds, in words. */
  readonly holds: string;
}

/**
 * Asks what a month's account was made of, and what led to it, and holds the line's claims against the answer.
 * @param account the id of its dataset version
 * @param models ids of the models that answered: the answer must lead from each to the rows that it was trained on
 * @throws {CliError} naming what the answer lacks
 */
export async function prove(
  client: ClewClient,
  account: string,
  claims: readonly Claim[],
  models: readonly string[],
): Promise<Proof> {
  const trace = await traceFrom(client, account, { direction: "UPSTREAM", follow: FOLLOW, maxDepth: DEPTH });
  const key = keyOf(trace);
  const command = `clew trace ${key} --follow ${FOLLOW.join(",").toLowerCase()} --depth ${DEPTH}`;
  const lacking = claims.filter((claim) => !isIn(trace, claim));
  if (lacking.length > 0)
    throw new CliError(`${command} does not lead to ${lacking.map(({ what, id }) => `${what} ${id}`).join(", ")}`);
  const trained = models.map((model) => trainedRows(trace, model));
  const untold = models.find((_, index) => trained[index] === 0);
  if (untold !== undefined) throw new CliError(`${command} does not lead from ${untold} to rows`);
  const learnt = `trained on ${trained.map(count).join(" and ")} rows`;
  return { account: key, command, holds: `${inWords(claims)}; ${learnt}` };
}

function keyOf({ root }: Trace): string {
  return "key" in root ? root.key : root.id;
}

function isIn({ edges }: Trace, { id, rows }: Claim): boolean {
  const found = edges.find(({ node }) => node.id === id)?.node;
  return found !== undefined && (rows === undefined || ("rows" in found && found.rows === rows));
}

/** From a model through the run that made it to the rows that this used. */
function trainedRows(trace: Trace, model: string): number {
  const [run] = behind(trace, "GENERATED_BY", model);
  const data = run === undefined ? [] : behind(trace, "USED", run.id, "data");
  return data.reduce((sum, node) => sum + ("rows" in node ? (node.rows ?? 0) : 0), 0);
}

function behind({ edges }: Trace, arrow: ArrowType, nearer: string, role?: string) {
  const leads = (via: Trace["edges"][number]["via"]) =>
    via.some((one) => one.arrow === arrow && one.nearer === nearer && (role === undefined || one.role === role));
  return edges.filter(({ via }) => leads(via)).map(({ node }) => node);
}

function inWords(claims: readonly Claim[]): string {
  return [...Map.groupBy(claims, ({ what }) => what)]
    .map(([what, same]) => {
      const rows = same.reduce((sum, claim) => sum + (claim.rows ?? 0), 0);
      return plural(same.length, what) + (rows === 0 ? "" : ` (${plural(rows, "row")})`);
    })
    .join(", ");
}
