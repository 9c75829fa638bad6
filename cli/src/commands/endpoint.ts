import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateEndpointDocument,
  DeployDocument,
  EndpointDocument,
  ResumeDeploymentDocument,
  RollBackDocument,
  type ServedInput,
  SuspendDeploymentDocument,
} from "@clew/schema/graphql";
import { Command } from "commander";
import { parseInteger } from "../arguments.ts";
import { contextOf } from "../cli-context.ts";
import { accepted, type ClewClient } from "../client.ts";
import { CliError, UsageError } from "../errors.ts";
import type { Io } from "../terminal/io.ts";

const POLL_MS = 300;
const VERSION_MAX = 2_000_000_000;

interface Flags {
  readonly reason: string;
  readonly wait?: number;
  readonly to?: number;
}

/** What answers requests: where it is, what it serves, and who may change that. */
export function endpointCommand(io: Io): Command {
  const command = new Command("endpoint").description("make endpoints, and say what they serve");
  command
    .command("new")
    .description("make an endpoint, with nothing deployed yet")
    .argument("<key>", "namespace/name")
    .option("--any-model", "let models be deployed that nobody approved")
    .action(async (key: string, { anyModel = false }: { anyModel?: boolean }, self: Command) => {
      const [namespace = "", name] = key.split("/");
      if (name === undefined) throw new UsageError(`${key} must look like namespace/name`);
      const input = { namespace, name, requiresApproval: !anyModel };
      accepted((await contextOf(io, self).client.request(CreateEndpointDocument, { input })).createEndpoint);
      io.out(`${key} is there: \`clew run serve-models --namespace ${namespace} --endpoint ${key}\` serves it`);
    });
  const deploy = command
    .command("deploy")
    .description("let an endpoint serve these models from now on")
    .argument("<key|id>", "the endpoint")
    .argument("<model[=percent][=shadow]...>", "model versions: n/m@3, or n/m@3=90 n/m@4=10, or n/m@3 n/m@4=100=shadow")
    .action(async (endpoint: string, models: string[], { reason, wait }: Flags, self: Command) => {
      const { client } = contextOf(io, self);
      const input = { endpoint, serves: models.map(parseServed), reason };
      const { deployment } = accepted((await client.request(DeployDocument, { input })).deploy);
      await tellServed(io, client, deployment!, wait);
    });
  const rollBack = command
    .command("roll-back")
    .description("let an endpoint serve again what it did before")
    .argument("<key|id>", "the endpoint")
    .option(
      "--to <revision>",
      "this revision (default: the newest before it that serves something else and that nobody has gone back from)",
      parseInteger(1, VERSION_MAX),
    )
    .action(async (endpoint: string, { reason, to, wait }: Flags, self: Command) => {
      const { client } = contextOf(io, self);
      const input = { endpoint, reason, ...(to === undefined ? {} : { toVersion: to }) };
      const { deployment } = accepted((await client.request(RollBackDocument, { input })).rollBack);
      await tellServed(io, client, deployment!, wait);
    });
  const suspend = command
    .command("suspend")
    .description("stop what an endpoint serves, until it is resumed or something else is deployed")
    .argument("<key|id>", "the endpoint")
    .action(async (endpoint: string, { reason }: Flags, self: Command) => {
      const input = { endpoint, reason };
      accepted((await contextOf(io, self).client.request(SuspendDeploymentDocument, { input })).suspendDeployment);
      io.out(`${endpoint} answers nobody until it is resumed`);
    });
  const resume = command
    .command("resume")
    .description("let go on what was suspended")
    .argument("<key|id>", "the endpoint")
    .action(async (endpoint: string, { reason }: Flags, self: Command) => {
      const input = { endpoint, reason };
      accepted((await contextOf(io, self).client.request(ResumeDeploymentDocument, { input })).resumeDeployment);
      io.out(`${endpoint} answers again`);
    });
  for (const one of [deploy, rollBack, suspend, resume]) one.requiredOption("--reason <text>", "why; it is recorded");
  for (const one of [deploy, rollBack])
    one.option("--wait <seconds>", "until it is served; status 1 where it is not in time", parseInteger(1, 3600));
  return command;
}

/** `namespace/model@3`, with `=percent` and `=shadow` after it. */
function parseServed(text: string): ServedInput {
  const [modelVersion = "", ...words] = text.split("=");
  const isShadow = words.at(-1) === "shadow";
  const [percent = "100", ...more] = isShadow ? words.slice(0, -1) : words;
  if (modelVersion === "" || more.length > 0 || !/^\d{1,3}$/.test(percent))
    throw new UsageError(`${text} must look like namespace/model@3, …@3=90 or …@3=100=shadow`);
  return { modelVersion, weight: Number(percent), mode: isShadow ? "SHADOW" : "LIVE" };
}

async function tellServed(
  io: Io,
  client: ClewClient,
  { id, key }: { readonly id: string; readonly key: string },
  waitSeconds: number | undefined,
): Promise<void> {
  if (waitSeconds === undefined) return io.out(`${key} is to be served`);
  const endpoint = key.slice(0, key.lastIndexOf("@"));
  const until = Date.now() + waitSeconds * 1000;
  for (;;) {
    const found = (await client.request(EndpointDocument, { key: endpoint })).endpoint;
    const own = found?.versions.nodes.find((version) => version.id === id);
    if (own?.state === "ACTIVE") return io.out(`${key} is served at ${found!.listensAt.join(", ")}`);
    if (own?.state === "FAILED")
      throw new CliError(`${key} cannot be served: ${own.failure?.message}`, { code: "FAILED" });
    if (Date.now() >= until) {
      const hint = "is there a run that serves it (`clew ls runs`), and a runner that hosts its plugin?";
      throw new CliError(`${key} is not served after ${waitSeconds} s: ${hint}`, { code: "TIMEOUT" });
    }
    await sleep(POLL_MS);
  }
}
