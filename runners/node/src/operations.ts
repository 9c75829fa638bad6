import {
  AddReportDocument,
  AttemptStateDocument,
  ClaimRunDocument,
  FinishRunDocument,
  OpenObservationsDocument,
  RaiseAlertDocument,
  ReadableNodeDocument,
  RegisterPluginDocument,
  ReportDeploymentDocument,
  ServedByRunDocument,
  SettleObservationsDocument,
  StartRunDocument,
  type TypedDocumentString,
  VersionFilesDocument,
} from "@clew/schema/graphql";
import {
  AttemptState,
  Column,
  DeploymentState,
  ManifestFile,
  ModelSignature,
  ModelVersionState,
  RunState,
  Sha256,
  TrafficMode,
} from "@clew/schema";
import { z } from "zod";

/** A persisted operation: its name, and the part of its answer that the runner reads. */
export interface Operation<Answer, Variables> {
  readonly name: string;
  /** As it is sent where names do not do. */
  readonly text: string;
  readonly answer: z.ZodType<Answer>;
  /** Ties the variables' type to the operation; never set. */
  readonly variables?: Variables;
}

const UserError = z.object({ code: z.string(), path: z.array(z.string()), message: z.string() });
export type UserError = z.infer<typeof UserError>;

const runRef = z.object({ id: z.string() }).nullable();
const userErrors = z.array(UserError);

const FilePage = z.object({
  nodes: z.array(ManifestFile),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
});
export type FilePage = z.infer<typeof FilePage>;

const JobVersion = z.object({
  id: z.string(),
  key: z.string(),
  digest: Sha256,
  files: FilePage,
  schema: z.array(Column).default([]),
  signature: ModelSignature.nullable().default(null),
});
export type JobVersion = z.infer<typeof JobVersion>;

const JobParameters = z.object({ id: z.string(), parameters: z.record(z.string(), z.json()) });
const JobNode = z.union([JobVersion, JobParameters, z.object({ id: z.string() })]);

const JobRun = z.object({
  id: z.string(),
  seed: z.number().int(),
  plugin: z.object({ name: z.string(), version: z.string() }).nullable(),
  inputs: z.array(z.object({ role: z.string().nullable(), node: JobNode })),
});
export type JobRun = z.infer<typeof JobRun>;

export const registerPlugin = operation(
  RegisterPluginDocument,
  z.object({ registerPlugin: z.object({ plugin: runRef, userErrors }) }),
);

export const claimRun = operation(
  ClaimRunDocument,
  z.object({
    claimRun: z.object({
      run: JobRun.nullable(),
      attempt: z.number().int().nullable(),
      token: z.string().nullable(),
      leaseMs: z.number().int().positive().nullable(),
      userErrors,
    }),
  }),
);

export const startRun = operation(StartRunDocument, z.object({ startRun: z.object({ run: runRef, userErrors }) }));

export const finishRun = operation(
  FinishRunDocument,
  z.object({ finishRun: z.object({ run: z.object({ state: RunState }).nullable(), userErrors }) }),
);

export const versionFiles = operation(
  VersionFilesDocument,
  z.object({ node: z.object({ files: FilePage }).nullable() }),
);

/** `node` is null where the token no longer reads the run. */
export const attemptState = operation(
  AttemptStateDocument,
  z.object({
    node: z
      .object({ state: RunState, attempts: z.array(z.object({ attempt: z.number().int(), state: AttemptState })) })
      .nullable(),
  }),
);

const ServedDeployment = z.object({
  id: z.string(),
  key: z.string(),
  state: DeploymentState,
  serves: z.array(
    z.object({
      weight: z.number(),
      mode: TrafficMode,
      node: z.object({
        id: z.string(),
        key: z.string(),
        digest: Sha256,
        state: ModelVersionState,
        format: z.string(),
        signature: ModelSignature,
      }),
    }),
  ),
});
export type ServedDeployment = z.infer<typeof ServedDeployment>;

/** `node` is null where the token no longer reads the run. */
export const servedByRun = operation(
  ServedByRunDocument,
  z.object({
    node: z
      .object({
        endpoint: z
          .object({
            id: z.string(),
            wantedDeployment: ServedDeployment.nullable(),
            activeDeployment: ServedDeployment.nullable(),
          })
          .nullable(),
      })
      .nullable(),
  }),
);

export const readableNode = operation(ReadableNodeDocument, z.object({ node: runRef }));

export const reportDeployment = operation(
  ReportDeploymentDocument,
  z.object({ reportDeployment: z.object({ deployment: runRef, userErrors }) }),
);

export const addReport = operation(
  AddReportDocument,
  z.object({ addReport: z.object({ report: runRef, userErrors }) }),
);

export const raiseAlert = operation(
  RaiseAlertDocument,
  z.object({ raiseAlert: z.object({ alert: runRef, userErrors }) }),
);

export const openObservations = operation(
  OpenObservationsDocument,
  z.object({
    openObservations: z.object({
      endpoint: z.string().nullable(),
      consumer: z.string().nullable(),
      stream: z.string().nullable(),
      after: z.number().int().nullable(),
      kept: z.string().nullable(),
      userErrors,
    }),
  }),
);

export const settleObservations = operation(
  SettleObservationsDocument,
  z.object({ settleObservations: z.object({ userErrors }) }),
);

function operation<Result, Variables, Answer>(
  document: TypedDocumentString<Result, Variables>,
  answer: z.ZodType<Answer>,
): Operation<Answer, Variables> {
  const text = document.toString();
  const name = /(?:query|mutation) (\w+)/.exec(text)?.[1];
  if (name === undefined) throw new TypeError("an operation without a name cannot be sent");
  return { name, text, answer };
}
