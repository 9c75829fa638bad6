import { Command, Option } from "commander";
import { parseInteger } from "../arguments.ts";
import { type GlobalOptions, readSettings } from "../settings.ts";
import type { Io } from "../terminal/io.ts";
import type { Paint } from "../terminal/paint.ts";
import { stepLog } from "../terminal/steps.ts";
import type { Stack, StackOptions } from "../up/stack.ts";
import { supervise } from "../up/supervise.ts";

const DEFAULT_PORT = 4000;

interface UpFlags {
  readonly port?: number;
  readonly graph: StackOptions["graph"];
  readonly sql: StackOptions["sql"];
  readonly slots?: number;
  readonly once?: true;
}

export function upCommand(io: Io): Command {
  return withUpOptions(new Command("up"))
    .description("start a local server with all that it needs, and keep it running until Ctrl-C")
    .option("--once", "stop again as soon as everything runs")
    .action(async (flags: UpFlags, command: Command) => {
      const log = stepLog(io);
      process.exitCode = await supervise(
        {
          ...stackOptions(flags, command.optsWithGlobals<GlobalOptions>()),
          once: flags.once ?? false,
          work: async (stack) => {
            log.print(...upLines(stack, io.paint));
            return true;
          },
        },
        log,
      );
    });
}

/** The options of `clew up` and of `npm start`. */
export function withUpOptions(command: Command): Command {
  return command
    .option(
      "--port <port>",
      `of the server; 0 is a free one (default: CLEW_PORT, else ${DEFAULT_PORT})`,
      parseInteger(0, 65_535),
    )
    .addOption(
      new Option("--graph <store>", "where the lineage graph lives").choices(["memory", "neo4j"]).default("memory"),
    )
    .addOption(sqlOption())
    .option(
      "--slots <n>",
      "jobs that the local runner does at a time (default: CLEW_SLOTS, else half the processors)",
      parseInteger(1, 1000),
    );
}

/** Of the commands that open the database themselves. */
export function sqlOption(): Option {
  return new Option("--sql <store>", "where the ledger lives").choices(["sqlite", "postgres"]).default("sqlite");
}

export function stackOptions({ port, graph, sql, slots }: UpFlags, options: GlobalOptions): StackOptions {
  const { dataDir } = readSettings(options);
  const token = options.token ?? process.env["CLEW_TOKEN"] ?? null;
  const given = { graph, sql, token, ...(slots === undefined ? {} : { slots }) };
  return { dataDir, port: port ?? Number(process.env["CLEW_PORT"] ?? DEFAULT_PORT), ...given };
}

export function upLines({ url, natsUrl, logDir }: Stack, paint: Paint): string[] {
  return [
    "",
    `GraphQL   ${paint("cyan", `${url}/graphql`)}  (the data folder's admin.token is the token)`,
    `NATS      ${natsUrl}  (for runners of your own)`,
    `Logs      ${logDir}`,
    `Stop      Ctrl-C, or kill ${process.pid}`,
  ];
}
