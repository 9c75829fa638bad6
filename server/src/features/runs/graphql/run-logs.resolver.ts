import { GraphQLSafeInt } from "graphql-scalars";
import { Arg, Field, FieldResolver, Int, ObjectType, Resolver, Root } from "type-graphql";
import { decodeCursor, encodeCursor, PageInfo, pageSize } from "../../../graphql/connection.ts";
import type { NodeValue } from "../../../graphql/node-value.ts";
import { objectType } from "../../../graphql/node-type.ts";
import { GraphQLDateTime } from "../../../graphql/scalars.ts";
import type { LogPlace, RunLogs } from "../../../ports/run-logs.ts";
import { clientError } from "../../../graphql/errors.ts";
import { Run } from "../run.node.ts";

/** What a database takes for one. */
const ATTEMPT_MAX = 2 ** 31 - 1;

@ObjectType("LogLine", { description: "What a run's job said." })
class LogLine {
  @Field(() => Int)
  attempt!: number;

  @Field(() => GraphQLSafeInt, { description: "Its number among what the attempt said; lines are no facts." })
  n!: number;

  @Field(() => GraphQLDateTime)
  at!: number;

  @Field(() => String, { description: "debug, info, warn or error." })
  level!: string;

  @Field(() => String)
  text!: string;
}

@ObjectType("LogLines", { description: "A page of a run's log." })
class LogLines {
  @Field(() => [LogLine])
  nodes!: readonly LogLine[];

  @Field(() => PageInfo, {
    description: "`endCursor` leads on also where no line follows yet: as long as the run goes on, some may.",
  })
  pageInfo!: PageInfo;
}

@Resolver(() => objectType(Run))
export class RunLogsResolver {
  readonly #logs: RunLogs;

  constructor(logs: RunLogs) {
    this.#logs = logs;
  }

  @FieldResolver(() => LogLines, {
    description:
      "What the run's jobs said, in the order of their attempts; of an attempt that said a lot, the first lines. Kept for some time, and deleted then.",
  })
  async logs(
    @Root() root: NodeValue,
    @Arg("attempt", () => Int, { nullable: true }) attempt: number | null | undefined,
    @Arg("first", () => Int, { nullable: true }) first: number | null | undefined,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
  ): Promise<LogLines> {
    const size = pageSize(first);
    const place = after == null ? { attempt: 0, n: 0 } : placeOf(after);
    const rows = await this.#logs.lines(root.id, attempt ?? null, place, size + 1);
    const nodes = rows.slice(0, size);
    const last = nodes.at(-1);
    const endCursor = last ? encodeCursor([last.attempt, last.n]) : (after ?? null);
    return { nodes, pageInfo: { hasNextPage: rows.length > size, endCursor } };
  }
}

function placeOf(cursor: string): LogPlace {
  const [attempt, n] = decodeCursor(cursor, ["number", "number"]);
  const place = { attempt: Number(attempt), n: Number(n) };
  const isPlace =
    Number.isSafeInteger(place.n) && place.attempt === Math.trunc(place.attempt) && place.attempt <= ATTEMPT_MAX;
  if (!isPlace) throw clientError("INVALID_CURSOR", "this cursor did not come from a run's log", { path: ["after"] });
  return place;
}
