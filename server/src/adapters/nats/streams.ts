import type { Subjects } from "@clew/schema";
import { DiscardPolicy, type JetStreamManager, RetentionPolicy, type StreamConfig } from "@nats-io/jetstream";

const HOUR_NS = 3_600_000_000_000;
const MIB = 1024 * 1024;

/** Every stream, bounded in age and size. The ledger and SQL are what lasts; these only carry. */
function streamConfigs({
  streams,
  allJobs,
  allEvents,
  allMutations,
  allLedger,
  deadJobs,
}: Subjects): (Partial<StreamConfig> & { name: string })[] {
  const limits = { retention: RetentionPolicy.Limits, discard: DiscardPolicy.Old };
  return [
    {
      name: streams.jobs,
      subjects: [allJobs],
      retention: RetentionPolicy.Workqueue,
      max_age: 7 * 24 * HOUR_NS,
      max_bytes: 256 * MIB,
    },
    {
      name: streams.mutations,
      subjects: [allMutations],
      retention: RetentionPolicy.Workqueue,
      max_age: 24 * HOUR_NS,
      max_bytes: 1024 * MIB,
    },
    { name: streams.events, subjects: [allEvents], ...limits, max_age: 48 * HOUR_NS, max_bytes: 1024 * MIB },
    { name: streams.ledger, subjects: [allLedger], ...limits, max_age: 24 * HOUR_NS, max_bytes: 256 * MIB },
    { name: streams.dead, subjects: [deadJobs], ...limits, max_age: 30 * 24 * HOUR_NS, max_bytes: 64 * MIB },
  ];
}

/** Makes the streams that are missing, and brings the others to this server's configuration. */
export async function ensureStreams(manager: JetStreamManager, subjects: Subjects): Promise<void> {
  for (const config of streamConfigs(subjects)) {
    try {
      await manager.streams.add(config);
    } catch {
      // There already, perhaps with an older configuration.
      await manager.streams.update(config.name, config);
    }
  }
}
