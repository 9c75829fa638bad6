import type { Subjects } from "@clew/schema";
import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  type StreamConfig,
} from "@nats-io/jetstream";

const HOUR_NS = 3_600_000_000_000;
const MIB = 1024 * 1024;
/** A stream of this name is there with another configuration (server/errors.json of nats-server). */
const NAME_IN_USE = 10_058;

type Stream = Partial<StreamConfig> & { readonly name: string; readonly max_bytes: number };

/**
 * Every stream, bounded in age and size. The ledger and SQL are what lasts; these only carry. NATS sets aside what each may grow to,
 * so that their sizes are what the work needs: an invitation has 200 bytes, a mutation at most 512 KiB.
 */
function streamConfigs({
  streams,
  allJobs,
  allEvents,
  allPredictions,
  allLabels,
  allMutations,
  allLedger,
  allDead,
  untakenJobs,
}: Subjects): readonly Stream[] {
  const limits = { retention: RetentionPolicy.Limits, discard: DiscardPolicy.Old };
  return [
    {
      name: streams.jobs,
      subjects: [allJobs],
      retention: RetentionPolicy.Workqueue,
      max_age: 7 * 24 * HOUR_NS,
      max_bytes: 32 * MIB,
    },
    {
      name: streams.mutations,
      subjects: [allMutations],
      retention: RetentionPolicy.Workqueue,
      // A full stream refuses, and runners send again; what was accepted is not dropped.
      discard: DiscardPolicy.New,
      max_age: 24 * HOUR_NS,
      max_bytes: 256 * MIB,
    },
    { name: streams.events, subjects: [allEvents], ...limits, max_age: 48 * HOUR_NS, max_bytes: 512 * MIB },
    {
      name: streams.predictions,
      // Together, so that those who watch an endpoint have one order and one position for both.
      subjects: [allPredictions, allLabels],
      ...limits,
      max_age: 7 * 24 * HOUR_NS,
      max_bytes: 256 * MIB,
    },
    { name: streams.ledger, subjects: [allLedger], ...limits, max_age: 24 * HOUR_NS, max_bytes: 64 * MIB },
    {
      name: streams.dead,
      subjects: [allDead],
      ...limits,
      max_msgs_per_subject: 1,
      allow_direct: true,
      max_age: 30 * 24 * HOUR_NS,
      max_bytes: 64 * MIB,
    },
    {
      // Kept, so that what NATS says while no server runs is heard later.
      name: streams.untaken,
      subjects: [untakenJobs],
      retention: RetentionPolicy.Workqueue,
      max_age: 7 * 24 * HOUR_NS,
      max_bytes: 4 * MIB,
    },
  ];
}

/**
 * Makes the streams that are missing, and brings the others to this server's configuration. Answers when each was made.
 * @throws {Error} that says which stream NATS refuses, how much it asked for, and why.
 */
export async function ensureStreams(
  manager: JetStreamManager,
  subjects: Subjects,
): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>();
  for (const config of streamConfigs(subjects)) {
    try {
      made.set(config.name, await addOrUpdate(manager, config));
    } catch (cause) {
      const size = `${config.max_bytes / MIB} MiB`;
      const reason = (cause as Error).message;
      throw new Error(
        `NATS refuses the stream ${config.name}, which sets ${size} of disk aside: ${reason}. Where its storage is short, raise ` +
          "max_file_store under jetstream (or the account's limit), or delete the streams of prefixes that nobody uses.",
        { cause },
      );
    }
  }
  return made;
}

async function addOrUpdate(manager: JetStreamManager, config: Stream): Promise<string> {
  try {
    return (await manager.streams.add(config)).created;
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === NAME_IN_USE)) throw error;
    return (await manager.streams.update(config.name, config)).created;
  }
}
