import { accessSync, constants, existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { RunnersDocument } from "@clew/schema/graphql";
import { doctor as diagnoseServices } from "@clew/cli/services";
import { Command } from "commander";
import { type CliContext, contextOf } from "../cli-context.ts";
import { CliError } from "../errors.ts";
import { table } from "../terminal/columns.ts";
import { bytes } from "../terminal/format.ts";
import { type Io, printJson, printLines } from "../terminal/io.ts";
import type { Paint } from "../terminal/paint.ts";

/** ok; missing, and nothing works without it; optional: something more would work with it, or it comes by itself. */
type Health = "ok" | "missing" | "optional";

export interface Finding {
  readonly what: string;
  readonly health: Health;
  readonly detail: string;
  /** What to do; empty where nothing is to be done. */
  readonly advice: string;
}

const DISK_LOW_BYTES = 1e9;
const HEALTH_TIMEOUT_MS = 5_000;

export function doctorCommand(io: Io): Command {
  return new Command("doctor")
    .description("tell what works here and what is missing; status 1 where something needed is missing")
    .option("--json", "as JSON")
    .action(async (flags: { json?: true }, command: Command) => {
      const context = contextOf(io, command);
      const findings = [
        nodeVersion(process.versions.node),
        ...(await dataFolder(context)),
        ...(await services()),
        ...(await server(context)),
      ];
      if (flags.json) printJson(io, findings);
      else printLines(io, findingLines(findings, io.paint));
      const missing = findings.filter(({ health }) => health === "missing").map(({ what }) => what);
      if (missing.length > 0) throw new CliError(`not well: ${missing.join(", ")}`);
    });
}

export function findingLines(findings: readonly Finding[], paint: Paint): string[] {
  const marks: Record<Health, string> = {
    ok: paint("green", "✓"),
    missing: paint("red", "✗"),
    optional: paint("yellow", "–"),
  };
  const rows = findings.map(({ what, health, detail, advice }) => [
    marks[health],
    what,
    [detail, advice].filter((one) => one !== "").join(": "),
  ]);
  return table([{ title: "" }, { title: "" }, { title: "" }], rows, paint).slice(1);
}

export function nodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isEnough = major > 22 || (major === 22 && minor >= 18);
  const advice = isEnough
    ? ""
    : "Node 22.18 or newer is needed; `npm ci` in the checkout installs one, and npx and npm scripts use it";
  return { what: "Node", health: isEnough ? "ok" : "missing", detail: version, advice };
}

async function dataFolder({ settings: { dataDir } }: CliContext): Promise<Finding[]> {
  const there = existingAncestor(dataDir);
  const isWritable = canWrite(there);
  const { bavail, bsize } = await statfs(there);
  const free = bavail * bsize;
  return [
    {
      what: "data folder",
      health: isWritable ? "ok" : "missing",
      detail: dataDir,
      advice: isWritable
        ? there === dataDir
          ? ""
          : "made at the first start"
        : "cannot be written: choose another with --data-dir",
    },
    {
      what: "disk",
      health: free < DISK_LOW_BYTES ? "missing" : "ok",
      detail: `${bytes(free)} free`,
      advice: free < DISK_LOW_BYTES ? `less than ${bytes(DISK_LOW_BYTES)}: make room` : "",
    },
  ];
}

function existingAncestor(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existingAncestor(dirname(path));
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function services(): Promise<Finding[]> {
  return (await diagnoseServices()).map(({ service, found, where, version, advice }) => ({
    what: service,
    health: found ? "ok" : "optional",
    detail: [version, where].filter((one) => one !== "").join(" at "),
    advice,
  }));
}

/** The server, this token, and the runners: what is behind the first that is missing cannot be asked. */
async function server({ client, settings }: CliContext): Promise<Finding[]> {
  const health = await serverHealth(settings.url);
  if (health.health === "missing") return [health];
  try {
    const { runners } = await client.request(RunnersDocument, { first: 500 });
    return [health, { what: "token", health: "ok", detail: "accepted", advice: "" }, runnersHere(runners.nodes)];
  } catch (error) {
    const advice = (error as Partial<CliError>).advice ?? "";
    return [health, { what: "token", health: "missing", detail: (error as Error).message, advice }];
  }
}

async function serverHealth(url: string): Promise<Finding> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    if (response.ok) return { what: "server", health: "ok", detail: `ready at ${url}`, advice: "" };
    const detail = `answers ${response.status} at ${url}`;
    return { what: "server", health: "missing", detail, advice: (await response.text()).slice(0, 300) };
  } catch {
    const advice = "start one with `npm start` or `clew up`, or name another with --url or CLEW_URL";
    return { what: "server", health: "missing", detail: `none answers at ${url}`, advice };
  }
}

interface Heard {
  readonly name: string;
  readonly presence: { readonly state: string; readonly plugins: readonly string[] } | null;
}

export function runnersHere(runners: readonly Heard[]): Finding {
  const present = runners.filter(({ presence }) => presence !== null);
  const hosts = present.map(({ name, presence }) => `${name} (${presence!.state}: ${presence!.plugins.join(", ")})`);
  if (present.length > 0) return { what: "runners", health: "ok", detail: hosts.join("; "), advice: "" };
  const advice = "queued runs wait until one is there: `clew up` starts one, `clew runner enrol` makes its token";
  return { what: "runners", health: "missing", detail: `none of ${runners.length} enrolled is there`, advice };
}
