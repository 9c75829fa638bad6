import { Command } from "commander";
import { collect } from "../arguments.ts";
import { contextOf } from "../cli-context.ts";
import { publishFiles } from "../publish.ts";
import { resolveNode } from "../resolve-node.ts";
import { bytes, plural } from "../terminal/format.ts";
import { type Io, printJson } from "../terminal/io.ts";
import { stepLog } from "../terminal/steps.ts";

interface PublishFlags {
  readonly derivedFrom?: string[];
  readonly profile: boolean;
  readonly key?: string;
  readonly json?: true;
}

export function publishCommand(io: Io): Command {
  return new Command("publish")
    .description("publish files as a version of a dataset, with columns, rows and statistics of tabular ones")
    .argument("<namespace/name>", "the dataset; its first version makes it")
    .argument("<files...>", "files, and folders with all that is below them")
    .option(
      "--derived-from <key|id>",
      "a dataset version that this one was made from; may be repeated",
      collect(String),
    )
    .option("--no-profile", "leave columns, rows and statistics out")
    .option("--key <key>", "idempotency key")
    .option("--json", "as JSON")
    .action(async (key: string, paths: string[], flags: PublishFlags, command: Command) => {
      const { client } = contextOf(io, command);
      const derivedFrom = await Promise.all((flags.derivedFrom ?? []).map((one) => resolveNode(client, one)));
      const step = stepLog(flags.json ? { ...io, out: io.err } : io).step(`publish ${key}`);
      try {
        const version = await publishFiles(client, {
          key,
          paths,
          derivedFrom,
          withoutProfile: !flags.profile,
          ...(flags.key === undefined ? {} : { idempotencyKey: flags.key }),
          onProgress: (detail) => step.update(detail),
        });
        const rows = version.rows === null ? "" : `${plural(version.rows, "row")}, `;
        step.done(`${version.key}  ${rows}${plural(version.fileCount, "file")}, ${bytes(version.sizeBytes)}`);
        if (flags.json) printJson(io, version);
      } catch (error) {
        step.failed("not published");
        throw error;
      }
    });
}
