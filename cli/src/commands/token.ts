import { Role } from "@clew/schema";
import { CreateTokenDocument, RevokeTokenDocument } from "@clew/schema/graphql";
import type { AgentKind, Role as RoleName } from "@clew/schema/graphql";
import { Command, InvalidArgumentError, Option } from "commander";
import { collect, parseInteger, parseList, parsePair } from "../arguments.ts";
import { contextOf } from "../cli-context.ts";
import { accepted } from "../client.ts";
import { type Io, printJson } from "../terminal/io.ts";
import { list } from "./ls.ts";
import { recoverCommand } from "./token-recover.ts";

const TOKENS_MAX = 10_000;

interface Grant {
  readonly namespace: string;
  readonly roles: RoleName[];
}

interface CreateFlags {
  readonly agent: string;
  readonly kind: AgentKind;
  readonly name: string;
  readonly grant: Grant[];
  readonly days?: number;
  readonly json?: true;
}

export function tokenCommand(io: Io): Command {
  const command = new Command("token").description(
    "make, list and revoke API tokens (for administrators: of a namespace those that are good there alone)",
  );
  command.addCommand(createCommand(io)).addCommand(revokeCommand(io)).addCommand(recoverCommand(io));
  command
    .command("ls")
    .description("list tokens, without their secrets")
    .option("--json", "as JSON")
    .action((flags: { json?: true }, self: Command) => list(io, "tokens", { first: TOKENS_MAX, ...flags }, self));
  return command;
}

function createCommand(io: Io): Command {
  return new Command("create")
    .description("make a token; its secret is shown once")
    .requiredOption("--agent <name>", "who will use it")
    .requiredOption("--name <text>", "what it is for")
    .requiredOption(
      "--grant <namespace=ROLE,…>",
      `roles (${Role.options.join(", ")}) in a namespace, * for all; may be repeated`,
      collect(parseGrant),
    )
    .addOption(new Option("--kind <kind>", "what the agent is").choices(["USER", "SERVICE", "TEAM"]).default("SERVICE"))
    .option("--days <n>", "how long it works, in days (default: 90)", parseInteger(1, 3650))
    .option("--json", "as JSON")
    .action(async (flags: CreateFlags, command: Command) => {
      const { client, paint } = contextOf(io, command);
      const { agent, kind, name, grant: grants, days } = flags;
      const input = { agent, kind, name, grants, ...(days === undefined ? {} : { expiresInDays: days }) };
      const { token, secret } = accepted((await client.request(CreateTokenDocument, { input })).createToken);
      if (flags.json) return printJson(io, { token, secret });
      io.out(`${secret}`);
      io.err(paint("dim", `keep it: it is not shown again; ${token} is what \`clew token revoke\` takes`));
    });
}

function parseGrant(text: string): Grant {
  const { name: namespace, value } = parsePair(text);
  const roles = parseList(value).map((role) => {
    const parsed = Role.safeParse(role.toUpperCase());
    if (!parsed.success) throw new InvalidArgumentError(`Roles are ${Role.options.join(", ")}.`);
    return parsed.data;
  });
  return { namespace, roles };
}

function revokeCommand(io: Io): Command {
  return new Command("revoke")
    .description("end a token for ever")
    .argument("<id>", "the token's id, from `clew token ls`")
    .option("--reason <text>", "why")
    .action(async (token: string, { reason }: { reason?: string }, command: Command) => {
      const { client } = contextOf(io, command);
      const input = { token, ...(reason === undefined ? {} : { reason }) };
      accepted((await client.request(RevokeTokenDocument, { input })).revokeToken);
      io.out(`revoked ${token}; it may work for some seconds more`);
    });
}
