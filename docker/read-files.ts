import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

export interface Instruction {
  /** FROM, COPY, … */
  readonly keyword: string;
  readonly rest: string;
}

export interface Stage {
  readonly base: string;
  /** What `AS` gives it, or "". */
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** Reads a Dockerfile of this folder: comments dropped, continued lines joined, a stage on top of another one with its instructions. `ARG`s before the first FROM are in no stage. */
export function readDockerfile(name: string): readonly Stage[] {
  const lines = readFileSync(`${ROOT}docker/${name}`, "utf8")
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n/g, " ");
  const stages: { base: string; name: string; instructions: Instruction[] }[] = [];
  for (const line of lines.split("\n").filter((line) => line.trim() !== "")) {
    const [, keyword = "", rest = ""] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (keyword === "") throw new Error(`${name} has a line that is no instruction: ${line}`);
    if (keyword === "FROM") {
      const [base = "", , stage = ""] = rest.split(/\s+/);
      const inherited = stages.find((earlier) => earlier.name === base)?.instructions ?? [];
      stages.push({ base, name: stage, instructions: [...inherited] });
    } else stages.at(-1)?.instructions.push({ keyword, rest });
  }
  return stages;
}

/** What follows a keyword in a stage, each time it stands there. */
export function all(stage: Stage, keyword: string): readonly string[] {
  return stage.instructions.filter((instruction) => instruction.keyword === keyword).map(({ rest }) => rest);
}

/** A stage's CMD or HEALTHCHECK in exec form. */
export function execForm(text: string): readonly string[] {
  return z.array(z.string()).parse(JSON.parse(text.slice(text.indexOf("["))));
}

/** A stage's ENV lines as one record. */
export function envOf(stage: Stage): Readonly<Record<string, string>> {
  const pairs = all(stage, "ENV").flatMap((rest) => rest.split(/\s+/).map((pair) => pair.split(/=(.*)/s)));
  return Object.fromEntries(pairs.map(([name = "", value = ""]) => [name, value]));
}

const Healthcheck = z.union([
  z.strictObject({ disable: z.literal(true) }),
  z.strictObject({
    test: z.array(z.string()).min(2),
    interval: z.string(),
    timeout: z.string(),
    retries: z.number(),
  }),
]);
const Service = z.strictObject({
  image: z.string().optional(),
  build: z
    .strictObject({ context: z.string(), dockerfile: z.string(), args: z.record(z.string(), z.string()).default({}) })
    .optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  profiles: z.array(z.string()).default([]),
  depends_on: z
    .record(z.string(), z.strictObject({ condition: z.enum(["service_healthy", "service_completed_successfully"]) }))
    .default({}),
  healthcheck: Healthcheck.optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  deploy: z.unknown().optional(),
});
export type Service = z.infer<typeof Service>;
const Compose = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
});

/** compose.yml, which may hold only what is known here. */
export function readCompose(): z.infer<typeof Compose> {
  // The parser of the code generator, which is installed with the tools: none is needed to run Clew.
  const require = createRequire(import.meta.resolve("@graphql-codegen/cli"));
  const { parse } = require("yaml") as { parse: (text: string, options: { merge: boolean }) => unknown };
  return Compose.parse(parse(readFileSync(`${ROOT}docker/compose.yml`, "utf8"), { merge: true }));
}
