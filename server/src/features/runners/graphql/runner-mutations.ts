import { PluginManifest, requireParameterSchema } from "@clew/schema";
import { z } from "zod";
import { type MutationDefinition, mutation } from "../../../graphql/mutation-resolver.ts";
import { toUserError } from "../../../graphql/mutations.ts";
import { can, canSomewhere } from "../../../graphql/principal.ts";
import { refuse } from "../../../ledger/command.ts";
import { EnrolRunner, enrolRunner, runnerId } from "../enrol-runner.ts";
import { RegisterPlugin, registerPlugin } from "../register-plugin.ts";
import { Plugin, Runner } from "../runner.node.ts";

/** Makes a token's secret and tells its hash. */
export interface Secrets {
  make(): string;
  hash(secret: string): string;
  /** Makes a NATS credentials file; null where NATS does not tell runners apart. */
  readonly natsCredentials:
    | ((runner: { id: string; name: string; plugins: string[]; pools: string[] }) => Promise<string>)
    | null;
}

export function runnerMutations(secrets: Secrets): MutationDefinition[] {
  return [
    mutation({
      name: "enrolRunner",
      description:
        "Lets a runner take jobs. The token and the NATS credentials (a .creds file) are shown in this answer and never again; a repeated " +
        "key answers without them. Null credentials: NATS does not tell runners apart here.",
      input: EnrolRunner,
      things: { runner: Runner },
      extra: { secret: z.string().nullable(), natsCredentials: z.string().nullable() },
      allow: (principal) => can(principal, "ADMIN", "*"),
      prepare: async (input) => {
        const secret = secrets.make();
        const useCase = enrolRunner(input, secrets.hash(secret));
        const natsCredentials = (await secrets.natsCredentials?.({ ...input, id: runnerId(input.name) })) ?? null;
        const nothing = { secret: null, natsCredentials: null };
        return {
          ...useCase,
          tell: ({ token }: { token: string }) => (token === useCase.token ? { secret, natsCredentials } : nothing),
        };
      },
    }),
    mutation({
      name: "registerPlugin",
      description: "Makes a plugin known by its manifest; runners do it for what they host.",
      input: RegisterPlugin,
      things: { plugin: Plugin },
      allow: (principal) => canSomewhere(principal, "RUNNER"),
      prepare: async (input) => {
        const parsed = PluginManifest.safeParse(input.manifest);
        if (parsed.success) return schemaFault(parsed.data) ?? registerPlugin(parsed.data);
        const errors = parsed.error.issues.map(toUserError);
        return { errors: errors.map((error) => ({ ...error, path: ["manifest", ...error.path] })) };
      },
    }),
  ];
}

/** Parameters could never be checked against a schema that is none. */
function schemaFault({ parameters }: PluginManifest) {
  try {
    requireParameterSchema(parameters);
    return null;
  } catch (error) {
    const message = `must be a JSON Schema (2020-12) on its own: ${(error as Error).message}`;
    return refuse("INVALID_INPUT", ["manifest", "parameters"], message);
  }
}
