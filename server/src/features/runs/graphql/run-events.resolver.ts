import { Failure, type MetricValue, RunState } from "@clew/schema";
import { Arg, createUnionType, Field, Float, ID, Int, ObjectType, Resolver, Root, Subscription } from "type-graphql";
import { GraphQLSafeInt } from "graphql-scalars";
import { decodeCursor, encodeCursor } from "../../../graphql/connection.ts";
import type { Context } from "../../../graphql/context.ts";
import { clientError, notFound } from "../../../graphql/errors.ts";
import { enumTypeOf, objectTypeOf } from "../../../graphql/from-zod.ts";
import { live } from "../../../graphql/live.ts";
import { mayRead } from "../../../graphql/loaders.ts";
import { nodeValue } from "../../../graphql/node-value.ts";
import { GraphQLDateTime, GraphQLMetricValue } from "../../../graphql/scalars.ts";
import type { LedgerStore } from "../../../ports/ledger-store.ts";
import type { NodeHistoryReader } from "../../../ports/node-history.ts";
import type { NodeReader } from "../../../ports/node-reader.ts";
import { followRun, type RunEventFeed, type RunHappening, type RunPosition } from "../run-events.ts";
import { Run } from "../run.node.ts";

@ObjectType("RunProgress")
class RunProgress {
  @Field(() => Float, { nullable: true, description: "From 0 to 1; null when it is not known." })
  fraction!: number | null;

  @Field(() => String)
  message!: string;
}

@ObjectType("RunLog")
class RunLog {
  @Field(() => String, { description: "debug, info, warn or error." })
  level!: string;

  @Field(() => String)
  message!: string;
}

@ObjectType("RunMetric", { description: "A number that the run has measured." })
class RunMetric {
  @Field(() => String)
  name!: string;

  @Field(() => GraphQLSafeInt)
  step!: number;

  @Field(() => GraphQLMetricValue)
  value!: MetricValue;
}

@ObjectType("RunStateChange")
class RunStateChange {
  @Field(() => enumTypeOf(RunState) as never)
  state!: RunState;

  @Field(() => objectTypeOf(Failure), { nullable: true })
  failure!: Failure | null;
}

const BODIES = { progress: RunProgress, log: RunLog, metric: RunMetric, state: RunStateChange } as const;
const RunEventBody = createUnionType({
  name: "RunEventBody",
  types: () => [RunProgress, RunLog, RunMetric, RunStateChange] as const,
  resolveType: (body) => BODIES[(body as unknown as RunHappening["event"]).type],
});

@ObjectType("RunEvent", { description: "What happened to a run, or what it said." })
class RunEventType {
  @Field(() => String, { description: "Pass it as `after` for what follows." })
  cursor!: string;

  @Field(() => GraphQLDateTime)
  at!: number;

  @Field(() => Int, { nullable: true, description: "Null before the first." })
  attempt!: number | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: "Its number among what the attempt said, as that of its line or point; null for a state.",
  })
  n!: number | null;

  @Field(() => RunEventBody)
  event!: RunHappening["event"];
}

export interface RunEventParts {
  readonly reader: NodeReader;
  readonly history: NodeHistoryReader;
  readonly store: LedgerStore;
  readonly events: RunEventFeed;
}

/** The runs' subscription. A decorator's function has no `this`, so the class is made around what it needs. */
export function runEventResolver({ reader, history, store, events }: RunEventParts): object {
  async function follow(runId: string, after: string | null | undefined, { principal }: Context) {
    const [run] = await reader.byIds([runId]);
    if (run?.type !== Run.name || !mayRead(principal, nodeValue(run))) throw notFound("run");
    const start = after == null ? { ledger: run.changedSeq - 1, events: 0, part: 0 } : positionOf(after);
    const { source } = events;
    if (source === null) {
      const message = "this server has no NATS, so it cannot follow what runs say; node(id) shows the run as it stands";
      throw clientError("RUN_EVENTS_UNAVAILABLE", message);
    }
    return live<RunEventType>((push, signal) =>
      followRun({ store, reader, history, source }, runId, start, (happening) => push(toEvent(happening)), signal),
    );
  }

  @Resolver()
  class RunEvents {
    @Subscription(() => RunEventType, {
      subscribe: async ({ args, context }) => follow(args.run, args.after, context as Context),
      description:
        "The run's state now and each one to come, and its logs, progress and points, from the oldest that is still kept (48 hours). Ends behind the final state.",
    })
    runEvents(
      @Root() event: RunEventType,
      @Arg("run", () => ID) _run: string,
      @Arg("after", () => String, { nullable: true, description: "The cursor of the last event seen." })
      _after: string | null,
    ): RunEventType {
      return event;
    }
  }
  return new RunEvents();
}

function toEvent({ position, ...said }: RunHappening): RunEventType {
  return { cursor: encodeCursor([position.ledger, position.events, position.part]), ...said };
}

function positionOf(cursor: string): RunPosition {
  const [ledger, events, part] = decodeCursor(cursor, ["number", "number", "number"]);
  return { ledger: Number(ledger), events: Number(events), part: Number(part) };
}
