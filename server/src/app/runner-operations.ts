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
  VersionFilesDocument,
} from "@clew/schema/graphql";

/** The operations of `runner.graphql`, by name: all that may be sent over NATS. */
export const RUNNER_OPERATIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AddReport: AddReportDocument,
    AttemptState: AttemptStateDocument,
    ClaimRun: ClaimRunDocument,
    FinishRun: FinishRunDocument,
    OpenObservations: OpenObservationsDocument,
    RaiseAlert: RaiseAlertDocument,
    ReadableNode: ReadableNodeDocument,
    RegisterPlugin: RegisterPluginDocument,
    ReportDeployment: ReportDeploymentDocument,
    ServedByRun: ServedByRunDocument,
    SettleObservations: SettleObservationsDocument,
    StartRun: StartRunDocument,
    VersionFiles: VersionFilesDocument,
  }).map(([name, document]) => [name, String(document)]),
);
