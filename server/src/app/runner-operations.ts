import {
  AddReportDocument,
  AttemptStateDocument,
  ClaimRunDocument,
  FinishRunDocument,
  RaiseAlertDocument,
  RegisterPluginDocument,
  ReportDeploymentDocument,
  ServedByRunDocument,
  StartRunDocument,
  VersionFilesDocument,
} from "@clew/schema/graphql";

/** The operations of `runner.graphql`, by name: all that may be sent over NATS. */
export const RUNNER_OPERATIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AddReport: AddReportDocument,
    AttemptState: AttemptStateDocument,
    ClaimRun: ClaimRunDocument,
    FinishRun: FinishRunDocument,
    RaiseAlert: RaiseAlertDocument,
    RegisterPlugin: RegisterPluginDocument,
    ReportDeployment: ReportDeploymentDocument,
    ServedByRun: ServedByRunDocument,
    StartRun: StartRunDocument,
    VersionFiles: VersionFilesDocument,
  }).map(([name, document]) => [name, String(document)]),
);
