import type { Anomaly, LocalInput, MetricValue, Verdict } from "@clew/plugin-sdk";
import { aVersion } from "../../tabular/test/a-version.ts";
import { ranHere } from "../../tabular/test/in-process.ts";
import type { ValidationJob } from "../src/job-types.ts";
import { plugin } from "../src/plugin.ts";
import { rowsOf } from "./validated.ts";

type Files = Record<string, string | Uint8Array>;

interface Reported {
  verdict: Verdict;
  metrics: Record<string, MetricValue>;
  anomalies: Anomaly[];
}

/** Validates in this process. Anomalies are `SEVERITY TYPE column`; rows are null where no such output was written. */
export async function judged(
  files: Files,
  parameters: Record<string, unknown> = {},
  others: { reference?: Files; join?: Record<string, Files> } = {},
) {
  const reference = others.reference === undefined ? [] : [await versionOf("tests/reference@1", others.reference)];
  const joined = Object.entries(others.join ?? {}).map(([name, some]) => versionOf(`tests/${name}@1`, some));
  const given = { data: [await versionOf("tests/data@1", files)], reference, join: await Promise.all(joined) };
  let dir = "";
  const seen = {
    ...plugin,
    run: async (job: ValidationJob) => {
      dir = job.outputDir;
      return await plugin.run(job);
    },
  };
  const made = await ranHere(seen, parameters, given);
  const { verdict, metrics, anomalies } = made.get("report") as Reported;
  const found = anomalies.map(({ severity, type, column }) =>
    [severity, type, ...(column === null ? [] : [column])].join(" "),
  );
  const rows = async (role: string) => (made.has(role) ? await rowsOf(dir, role) : null);
  return {
    verdict,
    metrics,
    found,
    messages: anomalies.map(({ message }) => message),
    accepted: await rows("accepted"),
    rejected: await rows("rejected"),
  };
}

/** With the sizes of its files. */
async function versionOf(key: string, files: Files): Promise<LocalInput> {
  const version = await aVersion(key, files);
  const listed = version.files.map((file) => ({ ...file, sizeBytes: Buffer.byteLength(files[file.path]!) }));
  return { ...version, files: listed };
}
