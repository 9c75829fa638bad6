import type { MonitoringJob } from "./job-types.ts";
import { Monitor } from "./monitor.ts";
import { readReference } from "./reference.ts";
import { settingsOf } from "./settings.ts";

/** Watches the endpoint until the job is cancelled. */
export async function watchEndpoint(job: MonitoringJob): Promise<void> {
  const settings = settingsOf(job.parameters);
  const reference = await readReference(job);
  job.log.info(`the reference has ${reference.rows} rows`);
  let deployment: string | null = null;
  void (async () => {
    for await (const { id } of job.deployments()) deployment = id;
  })();
  const { signal, inputs } = job;
  const champion = inputs.champion[0]?.id ?? null;
  const currentDeployment = () => deployment;
  const monitor = new Monitor({ settings, reference, say: job, signal, currentDeployment, champion });
  try {
    for await (const observed of job.observations()) await monitor.take(observed);
  } catch (error) {
    // It was told to stop in the middle of a window, which the next attempt makes up for.
    if (!signal.aborted) throw error;
  }
}
