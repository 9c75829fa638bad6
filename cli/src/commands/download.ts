import { Command } from "commander";
import { contextOf } from "../cli-context.ts";
import { downloadFiles, filesOf } from "../download.ts";
import { newestVersion, resolveNode } from "../resolve-node.ts";
import { bytes, plural, progress } from "../terminal/format.ts";
import { type Io, printJson } from "../terminal/io.ts";
import { stepLog } from "../terminal/steps.ts";

interface Flags {
  readonly to: string;
  readonly json?: true;
}

export function downloadCommand(io: Io): Command {
  return new Command("download")
    .description(
      "bring the files of a dataset or model version, digests checked; what is there already is not fetched again",
    )
    .argument("<version>", "namespace/name, namespace/name@3, namespace/name@alias or an id")
    .option("--to <folder>", "where they go, with the paths that they have in the version", ".")
    .option("--json", "as JSON")
    .action(async (version: string, { to, json }: Flags, command: Command) => {
      const { client } = contextOf(io, command);
      const id = await newestVersion(client, await resolveNode(client, version), version);
      const files = await filesOf(client, id);
      const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const step = stepLog(json ? { ...io, out: io.err } : io).step(`download ${version}`);
      try {
        const done = await downloadFiles(client, files, to, (arrived) => step.update(progress(arrived, total)));
        const kept = done.kept === 0 ? "" : `, ${done.kept} of them there already`;
        step.done(`${plural(done.files, "file")}, ${bytes(done.sizeBytes)} in ${to}${kept}`);
        if (json) printJson(io, { version: id, to, ...done });
      } catch (error) {
        step.failed("broke off");
        throw error;
      }
    });
}
