import type { Failure, HostMessage, JobInput, JobMessage, JobOutput, ManifestFile, PluginManifest } from "@clew/schema";
import type { JobSummary } from "../job.ts";
import type { JobGuard } from "./job-guard.ts";
import type { ProcessGroup } from "./process-group.ts";

/** One job for runJob. */
export interface JobSpec {
  /** The folder of plugin.json; the job's working directory. */
  pluginDir: string;
  manifest: PluginManifest;
  /** Holds each input under its `dir`; by convention `<role>/<index>`, so that a shell script finds it by name. */
  inputDir: string;
  /** Made when missing; must be empty. */
  outputDir: string;
  /** Checked against the manifest; defaults are filled in. */
  parameters: Record<string, unknown>;
  /** The parameters were checked and completed when the run was submitted: they are taken as they are. */
  isChecked?: boolean;
  inputs: Record<string, JobInput[]>;
  seed: number;
  runId: string;
  attempt: number;
  /** Variables for the job. Of the host's own it sees PATH, HOME, LANG, LC_ALL, TZ and TMPDIR only. */
  env?: Readonly<Record<string, string>>;
  /**
   * All that the host has, by name. The job gets those that its manifest names, as variables; the values of all of them are written as ***
   * wherever the job says them. Values under 4 characters are not masked.
   */
  secrets?: Readonly<Record<string, string>>;
  /** Where a node plugin keeps its modules as compiled (NODE_COMPILE_CACHE), so that the next one starts sooner; nowhere unless given. */
  compileCacheDir?: string;
  /** Cancels the job. A PluginFailure as its reason is the outcome's failure (RUNNER_STOPPED); else it is CANCELLED. */
  signal?: AbortSignal;
  /** Gets the process id of the job, which is its process group's too. */
  onStart?: (pid: number) => void;
  /** Gets, before the job has said anything, the way to say more to it than its start; what is said after its end is dropped. */
  onReady?: (tell: (message: HostMessage) => void) => void;
  /** Gets every message as it comes, secrets masked; the job's output is not read on until it resolves. */
  onMessage?: (message: JobMessage) => void | Promise<void>;
  /** Ends the job should this process die; by default one of its own. */
  guard?: JobGuard;
  /** Gives a process that was started before (`prestart`), or null: then the job gets a new one, as it does where this is left out. */
  takeProcess?: () => Promise<ProcessGroup | null>;
  /** Instead of the manifest's. */
  resources?: Partial<PluginManifest["resources"]>;
  /** From cancel to SIGKILL; SIGTERM comes at half time. Also how long a job may linger after its end. Default 10,000. */
  graceMs?: number;
}

/** An output that passed the host's checks, its files digested and sorted by path. */
export interface CollectedOutput {
  role: string;
  output: JobOutput;
  files: ManifestFile[];
}

interface JobFacts {
  /** What the plugin said of its environment. */
  environment: Record<string, string>;
  /** The largest resident size seen of the job's processes together; 0 where none was seen alive. */
  peakRssBytes: number;
  /** null where the process was killed or never started. */
  exitCode: number | null;
}

export type JobOutcome = JobFacts &
  (
    | { outcome: "result"; outputs: CollectedOutput[]; summary: JobSummary }
    | { outcome: "failure"; failure: Failure; outputs: []; summary: Record<string, never> }
  );
