// Made by `npm run generate` from schema.graphql and operations/*.graphql: do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AcknowledgeAlertInput = {
  alert: string;
};

export type AddReportInput = {
  /** Deployments and versions that the service reads: of its endpoint, and its inputs. */
  about: Array<string>;
  anomalies?: Array<AnomalyInput> | null | undefined;
  attempt: number;
  drift?: Array<DriftMeasureInput> | null | undefined;
  files?: Array<ManifestFileInput> | null | undefined;
  metrics: Array<MetricInput>;
  /** Which of the run's reports this is, as drift-2013-07: the same name again is refused. */
  name: string;
  reportType: ReportType;
  rules?: Array<GateRuleOutcomeInput> | null | undefined;
  run: string;
  slices?: Array<SliceInput> | null | undefined;
  verdict?: Verdict | null | undefined;
};

export type AgentKind =
  | 'RUNNER'
  | 'SERVICE'
  | 'TEAM'
  | 'USER';

export type AlertSeverity =
  | 'CRITICAL'
  | 'WARNING';

export type AlertState =
  | 'ACKNOWLEDGED'
  | 'OPEN'
  | 'RESOLVED';

export type AnomalyInput = {
  /** Null: the dataset as a whole. */
  column?: string | null | undefined;
  /** Rows concerned, where that can be said. */
  count?: number | null | undefined;
  message: string;
  severity: AnomalySeverity;
  /** The name that TensorFlow Data Validation (anomalies.proto, AnomalyInfo.Type) has for it, where it has one. */
  type: string;
};

export type AnomalySeverity =
  | 'ERROR'
  | 'WARNING';

/** MATERIAL: what a thing is made of. SUBJECT: what a report, decision or deployment speaks of. CAUSAL: what led to it, and who. */
export type ArrowFamily =
  | 'CAUSAL'
  | 'MATERIAL'
  | 'SUBJECT';

/** Every arrow points from the later thing to what it came from. */
export type ArrowType =
  | 'ABOUT'
  | 'ATTRIBUTED_TO'
  | 'DERIVED_FROM'
  | 'FOR'
  | 'GENERATED_BY'
  | 'PART_OF'
  | 'REALISES'
  | 'REVISION_OF'
  | 'SERVES'
  | 'TRIGGERED_BY'
  | 'USED'
  | 'VERSION_OF';

export type AttemptState =
  | 'CANCELLED'
  | 'FAILED'
  | 'LEASED'
  | 'LOST'
  | 'RUNNING'
  | 'SUCCEEDED';

export type CancelRunInput = {
  reason?: string | null | undefined;
  run: string;
};

export type ChangeTriggerInput = {
  /** on, do, concurrency and limit: docs/recipes/close-the-loop.md. */
  definition: unknown;
  /** The trigger's id or key, namespace/name. */
  trigger: string;
};

export type ChangeUseCaseInput = {
  /** All of them: one that is left out is measured no longer. */
  kpis?: Array<KpiInput> | null | undefined;
  /** Null takes it away. */
  nextReviewAt?: string | null | undefined;
  owner?: OwnerInput | null | undefined;
  purpose?: string | null | undefined;
  /** Null takes it away. */
  replaces?: string | null | undefined;
  riskTier?: RiskTier | null | undefined;
  state?: UseCaseState | null | undefined;
  /** The use case's id or key, namespace/name. */
  useCase: string;
};

export type ClaimRunInput = {
  /** The attempt that the invitation offers. */
  attempt: number;
  run: string;
  runner: string;
};

export type ColumnInput = {
  name: string;
  nullable?: boolean | null | undefined;
  type: string;
};

export type ColumnLineageInput = {
  column: string;
  expression?: string | null | undefined;
  from: Array<ColumnSourceInput>;
  masking?: boolean | null | undefined;
  via: ColumnLineageType;
};

export type ColumnLineageType =
  | 'AGGREGATION'
  | 'IDENTITY'
  | 'TRANSFORMATION';

export type ColumnSourceInput = {
  column: string;
  /** namespace/name, where the role holds versions of several datasets. */
  dataset?: string | null | undefined;
  input: string;
};

export type ColumnStatisticsInput = {
  column: string;
  distinctApprox: number;
  max?: string | null | undefined;
  mean?: number | null | undefined;
  min?: string | null | undefined;
  nulls: number;
  stddev?: number | null | undefined;
};

export type CreateEndpointInput = {
  name: string;
  namespace: string;
  requiresApproval?: boolean | null | undefined;
};

export type CreateTokenInput = {
  /** Who will use the token: an agent's name. */
  agent: string;
  /** Null: never. */
  expiresInDays?: number | null | undefined;
  grants: Array<GrantInput>;
  kind: AgentKind;
  /** What it is for. */
  name: string;
};

export type CreateTriggerInput = {
  /** on, do, concurrency and limit: docs/recipes/close-the-loop.md. */
  definition: unknown;
  name: string;
  namespace: string;
  state?: TriggerState | null | undefined;
};

export type CreateUseCaseInput = {
  kpis?: Array<KpiInput> | null | undefined;
  name: string;
  namespace: string;
  nextReviewAt?: string | null | undefined;
  owner: OwnerInput;
  /** What it is for, in words. */
  purpose: string;
  replaces?: string | null | undefined;
  riskTier: RiskTier;
  state?: UseCaseState | null | undefined;
};

export type CreateWebhookInput = {
  /** Of alerts only those about this thing, or a version or revision of it: its id or key. */
  about?: string | null | undefined;
  /** Begin behind this entry; null is with what comes from now on. */
  after?: number | null | undefined;
  /** JSON announces entries to a program; SLACK and EMAIL tell people of them in words. */
  format?: WebhookFormat | null | undefined;
  /** Whose entries: a namespace, or * for every entry. */
  namespace: string;
  /** Of alerts only those that are so severe at least. */
  severity?: AlertSeverity | null | undefined;
  /** Entry types; null is every type, for people: alerts, decisions, deployments and failed runs. */
  types?: Array<string> | null | undefined;
  /** Where to POST, or mailto: and one address. In the format JSON it stands in the ledger: no secret in it then. */
  url: string;
};

export type DeadLetterKind =
  | 'JOB'
  | 'MUTATION';

export type DecideInput = {
  /** A model version or dataset version: its id or key. */
  about: string;
  /** The reports, alerts or earlier decisions that led to it. */
  basis?: Array<string> | null | undefined;
  decisionType: VersionDecisionType;
  /** Of an exemption: until when it holds. */
  expiresAt?: string | null | undefined;
  /** Why, in words that somebody else understands in two years. */
  reason: string;
};

export type DecisionType =
  | 'APPROVAL'
  | 'EXEMPTION'
  | 'PROMOTION'
  | 'REJECTION'
  | 'RESUMPTION'
  | 'ROLLBACK'
  | 'SUSPENSION';

export type DeleteAliasInput = {
  alias: string;
  /** The dataset's or model's id or key, namespace/name. */
  asset: string;
  /** Refuse unless the alias stands at this version; 0: unless there is no such alias. Unchecked when left out. */
  expectedVersion?: number | null | undefined;
  /** Since when it is true; now when left out. What is said of later times is replaced. */
  validFrom?: string | null | undefined;
};

export type DeleteTagInput = {
  key: string;
  /** An asset's, a version's, a run's or a report's id, or a key: namespace/name, namespace/name@3. */
  node: string;
  /** Since when it is true; now when left out. What is said of later times is replaced. */
  validFrom?: string | null | undefined;
};

export type DeleteWebhookInput = {
  webhook: string;
};

export type DeployInput = {
  /** The reports, alerts or earlier decisions that led to it. */
  basis?: Array<string> | null | undefined;
  /** The endpoint's id or key, namespace/name. */
  endpoint: string;
  /** Refuse unless this is the newest revision; 0: unless there is none. Unchecked when left out. */
  expectedVersion?: number | null | undefined;
  /** Why, in words that somebody else understands in two years. */
  reason: string;
  /** The weights of mode LIVE come to 100. */
  serves: Array<ServedInput>;
};

export type DeploymentState =
  | 'ACTIVE'
  | 'FAILED'
  | 'PENDING'
  | 'SUPERSEDED'
  | 'SUSPENDED';

export type DriftMeasureInput = {
  /** After the correction over features. */
  adjustedPValue?: number | string | null | undefined;
  currentCount: number;
  /** How exactly the number is computed: bins, filling, base of the logarithm. */
  definition: string;
  feature: string;
  /** Below this size of effect nothing counts as drift. */
  floor?: number | string | null | undefined;
  /** The feature's share in the model's answers. */
  importance?: number | null | undefined;
  method: DriftMethod;
  outcome: DriftOutcome;
  pValue?: number | string | null | undefined;
  referenceCount: number;
  value: number | string;
  where?: Array<SliceValueInput> | null | undefined;
};

export type DriftMethod =
  | 'CHI_SQUARED'
  | 'JENSEN_SHANNON'
  | 'KS'
  | 'PSI'
  | 'WASSERSTEIN';

export type DriftOutcome =
  | 'DRIFT'
  | 'NOT_ENOUGH_DATA'
  | 'NO_DRIFT';

export type EnableWebhookInput = {
  webhook: string;
};

export type EnrolRunnerInput = {
  name: string;
  namespaces?: Array<string> | null | undefined;
  plugins?: Array<string> | null | undefined;
  pools?: Array<string> | null | undefined;
};

export type ErasePersonalDataInput = {
  agent: string;
  /** Stays in the ledger for ever: a request's number rather than words about the person. */
  reason: string;
};

export type ExternalSourceInput = {
  snapshot: string;
  uri: string;
};

export type FailureInput = {
  details?: unknown;
  message: string;
  retryable: boolean;
  type: FailureType;
};

export type FailureType =
  | 'BAD_INPUT'
  | 'BAD_PARAMETERS'
  | 'CANCELLED'
  | 'INPUT_UNAVAILABLE'
  | 'INTERNAL'
  | 'OUT_OF_MEMORY'
  | 'PLUGIN_ERROR'
  | 'PROTOCOL_VIOLATION'
  | 'RUNNER_STOPPED'
  | 'TIMEOUT'
  | 'UNAVAILABLE';

export type FinishRunInput = {
  attempt: number;
  failure?: FailureInput | null | undefined;
  /** How many metric points the attempt sent. */
  measurements?: number | null | undefined;
  outputs?: Array<FinishedOutputInput> | null | undefined;
  run: string;
};

export type FinishedDatasetVersionInput = {
  columnLineage?: Array<ColumnLineageInput> | null | undefined;
  files: Array<ManifestFileInput>;
  rows?: number | null | undefined;
  schema: Array<ColumnInput>;
  statistics?: Array<ColumnStatisticsInput> | null | undefined;
};

export type FinishedModelVersionInput = {
  columnLineage?: Array<ColumnLineageInput> | null | undefined;
  files: Array<ManifestFileInput>;
  format: string;
  metrics?: Array<MetricInput> | null | undefined;
  signature: ModelSignatureInput;
};

export type FinishedOutputInput = {
  datasetVersion?: FinishedDatasetVersionInput | null | undefined;
  modelVersion?: FinishedModelVersionInput | null | undefined;
  report?: FinishedReportInput | null | undefined;
  role: string;
};

export type FinishedReportInput = {
  /** Roles of the inputs that the report is about. */
  about: Array<string>;
  anomalies?: Array<AnomalyInput> | null | undefined;
  drift?: Array<DriftMeasureInput> | null | undefined;
  files?: Array<ManifestFileInput> | null | undefined;
  metrics: Array<MetricInput>;
  reportType: ReportType;
  rules?: Array<GateRuleOutcomeInput> | null | undefined;
  slices?: Array<SliceInput> | null | undefined;
  verdict?: Verdict | null | undefined;
};

export type FireTriggerInput = {
  /** Why, for whoever reads it later. */
  message?: string | null | undefined;
  /** The trigger's id or key, namespace/name. */
  trigger: string;
};

export type FiringState =
  | 'EXHAUSTED'
  | 'FAILED'
  | 'FIRED'
  | 'QUEUED'
  | 'SKIPPED';

export type GateRuleKind =
  | 'BETTER_THAN_BASELINE'
  | 'FAIRNESS'
  | 'NO_SLICE_WORSE'
  | 'THRESHOLD';

export type GateRuleOutcomeInput = {
  /** After the correction over slices. */
  adjustedPValue?: number | string | null | undefined;
  /** What the rule asks for: the least or the most, or the margin. */
  bound: number | string;
  /** Rows that the value rests on. */
  count?: number | null | undefined;
  high?: number | string | null | undefined;
  kind: GateRuleKind;
  /** The interval of the value. */
  low?: number | string | null | undefined;
  message: string;
  metric: string;
  outcome: Verdict;
  pValue?: number | string | null | undefined;
  /** Its name, unique in the gate. */
  rule: string;
  /** What was measured: the metric, its gain over what it is held against, or its spread between groups. */
  value?: number | string | null | undefined;
  where?: Array<SliceValueInput> | null | undefined;
};

/** What a token may do in a namespace; * is every one. */
export type GrantInput = {
  namespace: string;
  roles: Array<Role>;
};

export type KpiDirection =
  | 'HIGHER'
  | 'LOWER';

export type KpiInput = {
  /** What the replaced process came to. */
  baseline?: number | null | undefined;
  /** Which values are better. */
  direction: KpiDirection;
  name: string;
  /** A value that is worse than this misses. */
  target: number;
  /** As %, EUR or minutes; null for a bare number. */
  unit?: string | null | undefined;
};

export type LabelInput = {
  /** When the outcome became known. */
  at: string;
  /** The id that came with the answer, as its header X-Inference-Id. */
  inference: string;
  /** Which row of the request, from 0. */
  row?: number | null | undefined;
  /** A number, text of at most 255 characters, true, false or null. */
  value?: unknown;
};

/** UPSTREAM: what a thing was made from. DOWNSTREAM: what was made from it. */
export type LineageDirection =
  | 'DOWNSTREAM'
  | 'UPSTREAM';

export type ManifestFileInput = {
  digest: string;
  path: string;
  sizeBytes: number;
};

/** Everything that is given must hold of one metric. */
export type MetricFilterInput = {
  atLeast?: number | null | undefined;
  atMost?: number | null | undefined;
  equals?: number | string | null | undefined;
  greaterThan?: number | null | undefined;
  lessThan?: number | null | undefined;
  name: string;
};

export type MetricInput = {
  name: string;
  value: number | string;
};

export type MetricIntervalInput = {
  high: number | string;
  low: number | string;
  name: string;
};

/** Only what has the metric is listed. Equal numbers: the newest first where the largest is; NaN is last. */
export type MetricOrderInput = {
  direction?: RankDirection;
  name: string;
};

export type ModelSignatureInput = {
  inputs: Array<SignatureFieldInput>;
  outputs: Array<SignatureFieldInput>;
};

export type ModelVersionState =
  | 'APPROVED'
  | 'PENDING'
  | 'REJECTED'
  | 'SUSPENDED';

export type NodeOrder =
  | 'NAME'
  | 'NEWEST'
  | 'OLDEST';

export type OpenObservationsInput = {
  /** What the attempt has read already, where it opens anew; null at first. */
  after?: number | null | undefined;
  attempt: number;
  run: string;
};

export type OutputTargetInput = {
  name: string;
  namespace: string;
  role: string;
};

export type OwnerInput = {
  kind: OwnerKind;
  /** Of a person or a team; one that has no token yet becomes an agent. */
  name: string;
};

export type OwnerKind =
  | 'TEAM'
  | 'USER';

/** Everything that is given must hold of one hyperparameter. */
export type ParameterFilterInput = {
  atLeast?: number | null | undefined;
  atMost?: number | null | undefined;
  /** A number, a text, true, false, an array, or {"$int64": "…"}. */
  equals?: unknown;
  greaterThan?: number | null | undefined;
  /** One of these. */
  in?: Array<unknown> | null | undefined;
  lessThan?: number | null | undefined;
  name: string;
};

/** Why there may be more than the answer shows. */
export type PartialReason =
  | 'DEPTH'
  | 'NO_ACCESS'
  | 'SIZE'
  | 'TIME'
  | 'UNKNOWN_COLUMNS'
  | 'UNKNOWN_INPUTS';

export type PipelineStepState =
  | 'CANCELLED'
  | 'FAILED'
  | 'REUSED'
  | 'RUNNING'
  | 'SKIPPED'
  | 'SUCCEEDED'
  | 'WAITING';

export type PipelineStepType =
  | 'ASK'
  | 'DECIDE'
  | 'DEPLOY'
  | 'RUN'
  | 'WATCH'
  | 'WITHDRAW';

export type PublishDatasetVersionInput = {
  /** The versions that it was made from: ids, or keys (namespace/name@3, @latest or @alias). */
  derivedFrom?: Array<string> | null | undefined;
  files?: Array<ManifestFileInput> | null | undefined;
  name: string;
  namespace: string;
  rows?: number | null | undefined;
  schema?: Array<ColumnInput> | null | undefined;
  source?: ExternalSourceInput | null | undefined;
  statistics?: Array<ColumnStatisticsInput> | null | undefined;
};

export type PublishPipelineVersionInput = {
  /** As pipeline-definition.1.schema.json has it: the same as in a YAML file. */
  definition: unknown;
  name: string;
  namespace: string;
};

export type RaiseAlertInput = {
  /** A deployment, model version, dataset version, run or use case: its id or key. */
  about: string;
  /** What it is grouped by, as drift:temp: the same again adds to the alert that is open. */
  cause: string;
  /** The reports that show it. */
  evidence?: Array<string> | null | undefined;
  /** As last told. */
  message: string;
  severity?: AlertSeverity | null | undefined;
};

export type RankDirection =
  | 'ASC'
  | 'DESC';

export type RecordCodeVersionInput = {
  commit: string;
  dirtyDigest?: string | null | undefined;
  name: string;
  namespace: string;
  /** Where the repository is. The first that is told stays: nobody leads its readers elsewhere. */
  url?: string | null | undefined;
};

export type RecordEnvironmentInput = {
  values: unknown;
};

export type RecordHyperparameterSetInput = {
  parameters: unknown;
};

export type RecordKpiInput = {
  from: string;
  /** Its name, as the use case defines it. */
  kpi: string;
  source?: string | null | undefined;
  /** The end of the period, which is no part of it. */
  to: string;
  /** The use case's id or key, namespace/name. */
  useCase: string;
  value: number;
};

export type RecordLabelsInput = {
  /** Its id or namespace/name. */
  endpoint: string;
  /** At most 1,000. */
  labels: Array<LabelInput>;
};

export type RecordRunInput = {
  /** Now when left out. */
  endedAt?: string | null | undefined;
  /** Null: what the run used is unknown. */
  inputs?: Array<RecordedInput> | null | undefined;
  name?: string | null | undefined;
  namespace: string;
  outputs?: Array<FinishedOutputInput> | null | undefined;
  parameters?: unknown;
  /** Now when neither time is given; else unknown when left out. */
  startedAt?: string | null | undefined;
  targets?: Array<OutputTargetInput> | null | undefined;
  /** The alerts, decisions, reports or versions that led to it. */
  triggeredBy?: Array<string> | null | undefined;
};

export type RecordedInput = {
  /** A version's id, or its key (namespace/name@3, @latest or @alias). */
  node: string;
  role: string;
};

export type RegisterPluginInput = {
  /** plugin.json. */
  manifest: unknown;
};

export type ReportDeploymentInput = {
  deployment: string;
  /** Why it cannot be served; null: it is served now. */
  failure?: FailureInput | null | undefined;
};

export type ReportType =
  | 'AB_TEST'
  | 'DATA_VALIDATION'
  | 'DRIFT'
  | 'EVALUATION';

export type RerunPipelineInput = {
  /** The pipeline run of which the other steps' results are taken over. */
  run: string;
  /** They are done again, and all that come after them. */
  steps: Array<string>;
};

export type ResendDeadLetterInput = {
  id: string;
};

export type ResolveAlertInput = {
  alert: string;
  /** What became of it, in words. */
  resolution: string;
};

export type RevokeTokenInput = {
  reason?: string | null | undefined;
  token: string;
};

export type RiskTier =
  | 'HIGH'
  | 'LIMITED'
  | 'MINIMAL'
  | 'UNACCEPTABLE';

export type Role =
  | 'ADMIN'
  | 'APPROVER'
  | 'CONTRIBUTOR'
  | 'RUNNER'
  | 'VIEWER';

export type RollBackInput = {
  /** The reports, alerts or earlier decisions that led to it. */
  basis?: Array<string> | null | undefined;
  /** The endpoint's id or key, namespace/name. */
  endpoint: string;
  /** Why, in words that somebody else understands in two years. */
  reason: string;
  /** The revision to go back to. When left out, the newest that was active before and serves something else, and that nobody has gone back from. */
  toVersion?: number | null | undefined;
};

export type RunInput = {
  /** A version's id, or its key (namespace/name@3, @latest or @alias). */
  node: string;
  role: string;
};

export type RunKind =
  | 'SERVICE'
  | 'TASK';

export type RunOutputInput = {
  key: string;
  role: string;
};

export type RunState =
  | 'CANCELLED'
  | 'FAILED'
  | 'LEASED'
  | 'QUEUED'
  | 'RUNNING'
  | 'SUCCEEDED';

export type RunType =
  | 'EVALUATION'
  | 'EXPORT'
  | 'EXTERNAL'
  | 'MONITORING'
  | 'PIPELINE'
  | 'PREPARATION'
  | 'SCORING'
  | 'SERVING'
  | 'TRAINING'
  | 'TUNING'
  | 'VALIDATION';

export type ServedInput = {
  mode?: TrafficMode | null | undefined;
  /** Its id or key: namespace/name@3, @latest or @alias. */
  modelVersion: string;
  /** Percent: of the requests that it answers, or, in mode SHADOW, of those that it gets a copy of. */
  weight?: number | null | undefined;
};

export type SetAliasInput = {
  alias: string;
  /** The dataset's or model's id or key, namespace/name. */
  asset: string;
  /** Refuse unless the alias stands at this version; 0: unless there is no such alias. Unchecked when left out. */
  expectedVersion?: number | null | undefined;
  /** Since when it is true; now when left out. What is said of later times is replaced. */
  validFrom?: string | null | undefined;
  /** The number of the version that it is to name. */
  version: number;
};

export type SetTagInput = {
  key: string;
  /** An asset's, a version's, a run's or a report's id, or a key: namespace/name, namespace/name@3. */
  node: string;
  /** Since when it is true; now when left out. What is said of later times is replaced. */
  validFrom?: string | null | undefined;
  value: string;
};

export type SetTriggerStateInput = {
  state: TriggerState;
  /** The trigger's id or key, namespace/name. */
  trigger: string;
};

export type SetUseCaseInput = {
  /** A model or an endpoint: its id or key, namespace/name. */
  of: string;
  /** What it is for; null: nothing that is in the inventory. */
  useCase?: string | null | undefined;
};

export type SettleObservationsInput = {
  attempt: number;
  /** What the attempt that starts after it is given; at most 4,096 characters, which only the plugin understands. */
  kept?: string | null | undefined;
  run: string;
  /** Everything up to this number is settled. */
  seq: number;
  stream: string;
};

export type SignatureFieldInput = {
  name: string;
  type: string;
};

export type SliceInput = {
  count: number;
  intervals: Array<MetricIntervalInput>;
  metrics: Array<MetricInput>;
  where: Array<SliceValueInput>;
};

export type SliceValueInput = {
  column: string;
  value: string;
};

export type StartPipelineInput = {
  /** The CodeVersion that its runs stand for. */
  code?: string | null | undefined;
  /** One for each input that has no default, or another. */
  inputs?: Array<RunInput> | null | undefined;
  parameters?: unknown;
  /** A version's id or key: namespace/name@3, @latest or @alias. */
  pipeline: string;
  /** Chosen at random, and recorded, when left out. */
  seed?: number | null | undefined;
  /** The alerts, decisions, reports or versions that led to it. */
  triggeredBy?: Array<string> | null | undefined;
};

export type StartRunInput = {
  attempt: number;
  /** Runtime, packages, hardware, backend: captured by the host. */
  environment: unknown;
  run: string;
};

export type SubmitRunInput = {
  /** The CodeVersion that the run stands for. */
  code?: string | null | undefined;
  /** Of a service's run: the endpoint that it serves or watches, by id or key. */
  endpoint?: string | null | undefined;
  inputs?: Array<RunInput> | null | undefined;
  maxAttempts?: number | null | undefined;
  name?: string | null | undefined;
  namespace: string;
  outputs?: Array<RunOutputInput> | null | undefined;
  parameters?: unknown;
  /** The run that this one is a step of. */
  partOf?: string | null | undefined;
  /** The plugin's name. */
  plugin: string;
  /** The newest that a runner offered, when left out. */
  pluginVersion?: string | null | undefined;
  pool?: string | null | undefined;
  /** Reports about the run's inputs: unless each has the verdict PASS, the run is refused. They are kept with triggeredBy. */
  requires?: Array<string> | null | undefined;
  /** Chosen at random, and recorded, when left out. */
  seed?: number | null | undefined;
  /** The alerts, decisions, reports or versions that led to it. */
  triggeredBy?: Array<string> | null | undefined;
};

export type SuspendDeploymentInput = {
  /** The reports, alerts or earlier decisions that led to it. */
  basis?: Array<string> | null | undefined;
  /** The endpoint's id or key, namespace/name. */
  endpoint: string;
  /** Why, in words that somebody else understands in two years. */
  reason: string;
};

export type TagFilterInput = {
  key: string;
  /** Any value when left out. */
  value?: string | null | undefined;
};

export type TrafficMode =
  | 'LIVE'
  | 'SHADOW';

export type TriggerState =
  | 'DISABLED'
  | 'ENABLED';

export type UseCaseState =
  | 'ACTIVE'
  | 'PROPOSED'
  | 'RETIRED';

export type Verdict =
  | 'FAIL'
  | 'NOT_ENOUGH_DATA'
  | 'PASS';

export type VersionDecisionType =
  | 'APPROVAL'
  | 'EXEMPTION'
  | 'REJECTION'
  | 'RESUMPTION'
  | 'SUSPENSION';

export type WebhookFormat =
  | 'EMAIL'
  | 'JSON'
  | 'SLACK';

export type CreateTokenMutationVariables = Exact<{
  input: CreateTokenInput;
  idempotencyKey?: string | null | undefined;
}>;


export type CreateTokenMutation = { createToken: { token: string | null, secret: string | null, ledgerSeq: number | null, agent: { id: string, name: string, kind: AgentKind } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type RevokeTokenMutationVariables = Exact<{
  input: RevokeTokenInput;
  idempotencyKey?: string | null | undefined;
}>;


export type RevokeTokenMutation = { revokeToken: { token: string | null, ledgerSeq: number | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { run: string | null, agent:
      | { name: string, kind: AgentKind, id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { name: string, id: string }
      | { id: string }
      | { id: string }
      | { id: string }
    , grants: Array<{ namespace: string, roles: Array<Role> }> } };

export type TokensQueryVariables = Exact<{ [key: string]: never; }>;


export type TokensQuery = { tokens: Array<{ id: string, name: string, expiresAt: string | null, revokedAt: string | null, grants: Array<{ namespace: string, roles: Array<Role> }>, agent:
      | { name: string, kind: AgentKind, id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { name: string, id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     }> };

export type EnrolRunnerMutationVariables = Exact<{
  input: EnrolRunnerInput;
  idempotencyKey?: string | null | undefined;
}>;


export type EnrolRunnerMutation = { enrolRunner: { secret: string | null, natsCredentials: string | null, ledgerSeq: number | null, runner: { id: string, name: string } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type RunnersQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  nameContains?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type RunnersQuery = { runners: { nodes: Array<{ id: string, name: string, plugins: Array<string>, namespaces: Array<string>, pools: Array<string>, presence: { state: string, pool: string, freeSlots: number, plugins: Array<string>, at: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PluginsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  nameContains?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type PluginsQuery = { plugins: { nodes: Array<{ id: string, name: string, pluginVersion: string, digest: string, registeredAt: string, manifest: unknown }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CreateWebhookMutationVariables = Exact<{
  input: CreateWebhookInput;
  idempotencyKey?: string | null | undefined;
}>;


export type CreateWebhookMutation = { createWebhook: { webhook: string | null, secret: string | null, ledgerSeq: number | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type EnableWebhookMutationVariables = Exact<{
  input: EnableWebhookInput;
  idempotencyKey?: string | null | undefined;
}>;


export type EnableWebhookMutation = { enableWebhook: { webhook: string | null, ledgerSeq: number | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type DeleteWebhookMutationVariables = Exact<{
  input: DeleteWebhookInput;
  idempotencyKey?: string | null | undefined;
}>;


export type DeleteWebhookMutation = { deleteWebhook: { webhook: string | null, ledgerSeq: number | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type WebhooksQueryVariables = Exact<{ [key: string]: never; }>;


export type WebhooksQuery = { webhooks: Array<{ id: string, namespace: string, url: string, format: WebhookFormat, types: Array<string> | null, severity: AlertSeverity | null, createdAt: string, position: number, deliveredAt: string | null, failures: number, lastError: string | null, nextAttemptAt: string | null, disabledReason: string | null, about:
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     | null, createdBy:
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     }> };

export type DeadLettersQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type DeadLettersQuery = { deadLetters: { nodes: Array<{ id: string, kind: DeadLetterKind, subject: string, reason: string, at: string, deliveries: number, run:
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ResendDeadLetterMutationVariables = Exact<{
  input: ResendDeadLetterInput;
  idempotencyKey?: string | null | undefined;
}>;


export type ResendDeadLetterMutation = { resendDeadLetter: { id: string | null, ledgerSeq: number | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type AcknowledgeAlertMutationVariables = Exact<{
  input: AcknowledgeAlertInput;
  idempotencyKey?: string | null | undefined;
}>;


export type AcknowledgeAlertMutation = { acknowledgeAlert: { ledgerSeq: number | null, projected: boolean, alert: { id: string, namespace: string, name: string, state: AlertState, severity: AlertSeverity, message: string, episode: number, occurrences: number, firstAt: string, lastAt: string, acknowledgedAt: string | null, resolvedAt: string | null, resolution: string | null, about:
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
      , evidence: Array<{ node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type ResolveAlertMutationVariables = Exact<{
  input: ResolveAlertInput;
  idempotencyKey?: string | null | undefined;
}>;


export type ResolveAlertMutation = { resolveAlert: { ledgerSeq: number | null, projected: boolean, alert: { id: string, namespace: string, name: string, state: AlertState, severity: AlertSeverity, message: string, episode: number, occurrences: number, firstAt: string, lastAt: string, acknowledgedAt: string | null, resolvedAt: string | null, resolution: string | null, about:
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
      , evidence: Array<{ node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type AlertsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  states?: Array<AlertState> | AlertState | null | undefined;
  severities?: Array<AlertSeverity> | AlertSeverity | null | undefined;
  about?: string | null | undefined;
  agent?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type AlertsQuery = { alerts: { nodes: Array<{ id: string, namespace: string, name: string, state: AlertState, severity: AlertSeverity, message: string, episode: number, occurrences: number, firstAt: string, lastAt: string, acknowledgedAt: string | null, resolvedAt: string | null, resolution: string | null, about:
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
      , evidence: Array<{ node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type AlertByIdQueryVariables = Exact<{
  id: string;
}>;


export type AlertByIdQuery = { node:
    | { __typename: 'Agent' }
    | { __typename: 'Alert', id: string, namespace: string, name: string, state: AlertState, severity: AlertSeverity, message: string, episode: number, occurrences: number, firstAt: string, lastAt: string, acknowledgedAt: string | null, resolvedAt: string | null, resolution: string | null, about:
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
      , evidence: Array<{ node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> }
    | { __typename: 'CodeRepository' }
    | { __typename: 'CodeVersion' }
    | { __typename: 'Dataset' }
    | { __typename: 'DatasetVersion' }
    | { __typename: 'Decision' }
    | { __typename: 'Deployment' }
    | { __typename: 'Endpoint' }
    | { __typename: 'Environment' }
    | { __typename: 'ErasedNode' }
    | { __typename: 'HyperparameterSet' }
    | { __typename: 'KpiValue' }
    | { __typename: 'MaskedNode' }
    | { __typename: 'Model' }
    | { __typename: 'ModelVersion' }
    | { __typename: 'Pipeline' }
    | { __typename: 'PipelineStep' }
    | { __typename: 'PipelineVersion' }
    | { __typename: 'Plugin' }
    | { __typename: 'Report' }
    | { __typename: 'Run' }
    | { __typename: 'Runner' }
    | { __typename: 'Trigger' }
    | { __typename: 'TriggerFiring' }
    | { __typename: 'UseCase' }
   | null };

export type AlertFieldsFragment = { id: string, namespace: string, name: string, state: AlertState, severity: AlertSeverity, message: string, episode: number, occurrences: number, firstAt: string, lastAt: string, acknowledgedAt: string | null, resolvedAt: string | null, resolution: string | null, about:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { key: string, id: string }
    | { id: string }
    | { key: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { key: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { key: string, id: string }
  , evidence: Array<{ node:
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     }> };

export type DatasetSummaryFragment = { key: string, latestVersion: number, createdAt: string, aliases: Array<{ alias: string, version:
      | { key: string }
      | Record<PropertyKey, never>
     }>, tags: Array<{ key: string, value: string }> };

export type ModelSummaryFragment = { key: string, latestVersion: number, createdAt: string, aliases: Array<{ alias: string, version:
      | { key: string }
      | Record<PropertyKey, never>
     }>, tags: Array<{ key: string, value: string }> };

type AgentName_Agent_Fragment = { name: string, id: string };

type AgentName_Alert_Fragment = { id: string };

type AgentName_CodeRepository_Fragment = { id: string };

type AgentName_CodeVersion_Fragment = { id: string };

type AgentName_Dataset_Fragment = { id: string };

type AgentName_DatasetVersion_Fragment = { id: string };

type AgentName_Decision_Fragment = { id: string };

type AgentName_Deployment_Fragment = { id: string };

type AgentName_Endpoint_Fragment = { id: string };

type AgentName_Environment_Fragment = { id: string };

type AgentName_ErasedNode_Fragment = { id: string };

type AgentName_HyperparameterSet_Fragment = { id: string };

type AgentName_KpiValue_Fragment = { id: string };

type AgentName_MaskedNode_Fragment = { id: string };

type AgentName_Model_Fragment = { id: string };

type AgentName_ModelVersion_Fragment = { id: string };

type AgentName_Pipeline_Fragment = { id: string };

type AgentName_PipelineStep_Fragment = { id: string };

type AgentName_PipelineVersion_Fragment = { id: string };

type AgentName_Plugin_Fragment = { id: string };

type AgentName_Report_Fragment = { id: string };

type AgentName_Run_Fragment = { id: string };

type AgentName_Runner_Fragment = { name: string, id: string };

type AgentName_Trigger_Fragment = { id: string };

type AgentName_TriggerFiring_Fragment = { id: string };

type AgentName_UseCase_Fragment = { id: string };

export type AgentNameFragment =
  | AgentName_Agent_Fragment
  | AgentName_Alert_Fragment
  | AgentName_CodeRepository_Fragment
  | AgentName_CodeVersion_Fragment
  | AgentName_Dataset_Fragment
  | AgentName_DatasetVersion_Fragment
  | AgentName_Decision_Fragment
  | AgentName_Deployment_Fragment
  | AgentName_Endpoint_Fragment
  | AgentName_Environment_Fragment
  | AgentName_ErasedNode_Fragment
  | AgentName_HyperparameterSet_Fragment
  | AgentName_KpiValue_Fragment
  | AgentName_MaskedNode_Fragment
  | AgentName_Model_Fragment
  | AgentName_ModelVersion_Fragment
  | AgentName_Pipeline_Fragment
  | AgentName_PipelineStep_Fragment
  | AgentName_PipelineVersion_Fragment
  | AgentName_Plugin_Fragment
  | AgentName_Report_Fragment
  | AgentName_Run_Fragment
  | AgentName_Runner_Fragment
  | AgentName_Trigger_Fragment
  | AgentName_TriggerFiring_Fragment
  | AgentName_UseCase_Fragment
;

export type ColumnOriginFragment = { column: string, via: ColumnLineageType, expression: string | null, masking: boolean, from: Array<{ input: string, dataset: string | null, column: string }> };

export type DatasetVersionByKeyQueryVariables = Exact<{
  key: string;
  asOf?: string | null | undefined;
  knownAt?: number | null | undefined;
}>;


export type DatasetVersionByKeyQuery = { datasetVersion: { id: string, key: string, digest: string, rows: number | null, fileCount: number, sizeBytes: number, createdAt: string } | null };

export type ModelVersionByKeyQueryVariables = Exact<{
  key: string;
  asOf?: string | null | undefined;
  knownAt?: number | null | undefined;
}>;


export type ModelVersionByKeyQuery = { modelVersion: { id: string, key: string, digest: string, format: string, createdAt: string, generatedBy: { id: string } | null } | null };

export type DatasetByKeyQueryVariables = Exact<{
  key: string;
}>;


export type DatasetByKeyQuery = { dataset: { id: string, key: string, latestVersion: number, createdAt: string } | null };

export type ModelByKeyQueryVariables = Exact<{
  key: string;
}>;


export type ModelByKeyQuery = { model: { id: string, key: string, latestVersion: number, createdAt: string } | null };

export type DatasetsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type DatasetsQuery = { datasets: { nodes: Array<{ id: string, key: string, latestVersion: number, createdAt: string, aliases: Array<{ alias: string, version:
          | { key: string }
          | Record<PropertyKey, never>
         }>, tags: Array<{ key: string, value: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ModelsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type ModelsQuery = { models: { nodes: Array<{ id: string, key: string, latestVersion: number, createdAt: string, aliases: Array<{ alias: string, version:
          | { key: string }
          | Record<PropertyKey, never>
         }>, tags: Array<{ key: string, value: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type SearchQueryVariables = Exact<{
  text: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SearchQuery = { search: { nodes: Array<
      | { __typename: 'Agent', id: string }
      | { __typename: 'Alert', id: string }
      | { __typename: 'CodeRepository', namespace: string, name: string, id: string }
      | { __typename: 'CodeVersion', id: string }
      | { __typename: 'Dataset', key: string, id: string }
      | { __typename: 'DatasetVersion', id: string }
      | { __typename: 'Decision', id: string }
      | { __typename: 'Deployment', id: string }
      | { __typename: 'Endpoint', id: string }
      | { __typename: 'Environment', id: string }
      | { __typename: 'ErasedNode', id: string }
      | { __typename: 'HyperparameterSet', id: string }
      | { __typename: 'KpiValue', id: string }
      | { __typename: 'MaskedNode', id: string }
      | { __typename: 'Model', key: string, id: string }
      | { __typename: 'ModelVersion', id: string }
      | { __typename: 'Pipeline', id: string }
      | { __typename: 'PipelineStep', id: string }
      | { __typename: 'PipelineVersion', id: string }
      | { __typename: 'Plugin', name: string, pluginVersion: string, id: string }
      | { __typename: 'Report', id: string }
      | { __typename: 'Run', name: string, state: RunState, id: string }
      | { __typename: 'Runner', name: string, id: string }
      | { __typename: 'Trigger', id: string }
      | { __typename: 'TriggerFiring', id: string }
      | { __typename: 'UseCase', id: string }
    >, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type NodeQueryVariables = Exact<{
  id: string;
}>;


export type NodeQuery = { node:
    | { __typename: 'Agent', id: string }
    | { __typename: 'Alert', id: string }
    | { __typename: 'CodeRepository', id: string }
    | { __typename: 'CodeVersion', namespace: string, name: string, commit: string, dirtyDigest: string | null, id: string }
    | { __typename: 'Dataset', id: string, key: string, latestVersion: number, createdAt: string, aliases: Array<{ alias: string, version:
          | { key: string }
          | Record<PropertyKey, never>
         }>, tags: Array<{ key: string, value: string }> }
    | { __typename: 'DatasetVersion', key: string, digest: string, isContentAddressed: boolean, rows: number | null, fileCount: number, sizeBytes: number, createdAt: string, id: string, source: { uri: string, snapshot: string } | null, aliases: Array<{ alias: string }>, tags: Array<{ key: string, value: string }>, schema: Array<{ name: string, type: string, nullable: boolean }>, columnLineage: Array<{ column: string, via: ColumnLineageType, expression: string | null, masking: boolean, from: Array<{ input: string, dataset: string | null, column: string }> }>, generatedBy: { id: string } | null, attributedTo:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null, files: { nodes: Array<{ path: string, sizeBytes: number, digest: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
    | { __typename: 'Decision', id: string }
    | { __typename: 'Deployment', id: string }
    | { __typename: 'Endpoint', id: string }
    | { __typename: 'Environment', digest: string, values: unknown, id: string }
    | { __typename: 'ErasedNode', id: string }
    | { __typename: 'HyperparameterSet', digest: string, parameters: unknown, id: string }
    | { __typename: 'KpiValue', id: string }
    | { __typename: 'MaskedNode', id: string }
    | { __typename: 'Model', id: string, key: string, latestVersion: number, createdAt: string, aliases: Array<{ alias: string, version:
          | { key: string }
          | Record<PropertyKey, never>
         }>, tags: Array<{ key: string, value: string }> }
    | { __typename: 'ModelVersion', key: string, digest: string, state: ModelVersionState, format: string, createdAt: string, id: string, aliases: Array<{ alias: string }>, tags: Array<{ key: string, value: string }>, metrics: Array<{ name: string, value: number | string }>, signature: { inputs: Array<{ name: string, type: string }>, outputs: Array<{ name: string, type: string }> }, columnLineage: Array<{ column: string, via: ColumnLineageType, expression: string | null, masking: boolean, from: Array<{ input: string, dataset: string | null, column: string }> }>, generatedBy: { id: string } | null, attributedTo:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null }
    | { __typename: 'Pipeline', id: string }
    | { __typename: 'PipelineStep', id: string }
    | { __typename: 'PipelineVersion', id: string }
    | { __typename: 'Plugin', id: string }
    | { __typename: 'Report', id: string }
    | { __typename: 'Run', id: string }
    | { __typename: 'Runner', id: string }
    | { __typename: 'Trigger', id: string }
    | { __typename: 'TriggerFiring', id: string }
    | { __typename: 'UseCase', id: string }
   | null };

export type DatasetVersionsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  dataset?: string | null | undefined;
  agent?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type DatasetVersionsQuery = { datasetVersions: { nodes: Array<{ id: string, key: string, digest: string, rows: number | null, sizeBytes: number, createdAt: string, aliases: Array<{ alias: string }>, tags: Array<{ key: string, value: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ModelVersionsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  states?: Array<ModelVersionState> | ModelVersionState | null | undefined;
  model?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type ModelVersionsQuery = { modelVersions: { nodes: Array<{ id: string, key: string, state: ModelVersionState, digest: string, format: string, createdAt: string, aliases: Array<{ alias: string }>, tags: Array<{ key: string, value: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CodeRepositoriesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type CodeRepositoriesQuery = { codeRepositories: { nodes: Array<{ id: string, namespace: string, name: string, url: string | null, createdAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CodeVersionsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  repository?: string | null | undefined;
  agent?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type CodeVersionsQuery = { codeVersions: { nodes: Array<{ id: string, namespace: string, name: string, commit: string, dirtyDigest: string | null, createdAt: string, attributedTo:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type HyperparameterSetsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type HyperparameterSetsQuery = { hyperparameterSets: { nodes: Array<{ id: string, digest: string, parameters: unknown, createdAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type EnvironmentsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type EnvironmentsQuery = { environments: { nodes: Array<{ id: string, digest: string, values: unknown, createdAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type AgentsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  nameContains?: string | null | undefined;
  kinds?: Array<AgentKind> | AgentKind | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type AgentsQuery = { agents: { nodes: Array<{ id: string, name: string, kind: AgentKind, createdAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ResolveKeyQueryVariables = Exact<{
  key: string;
  asOf?: string | null | undefined;
  knownAt?: number | null | undefined;
}>;


export type ResolveKeyQuery = { find: Array<
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
  > };

export type NodeLabelQueryVariables = Exact<{
  id: string;
}>;


export type NodeLabelQuery = { node:
    | { __typename: 'Agent', name: string, kind: AgentKind, id: string }
    | { __typename: 'Alert', severity: AlertSeverity, message: string, id: string, cause: string, alertState: AlertState }
    | { __typename: 'CodeRepository', namespace: string, name: string, id: string }
    | { __typename: 'CodeVersion', namespace: string, name: string, commit: string, dirtyDigest: string | null, id: string }
    | { __typename: 'Dataset', key: string, id: string }
    | { __typename: 'DatasetVersion', key: string, digest: string, rows: number | null, fileCount: number, sizeBytes: number, id: string, source: { uri: string, snapshot: string } | null }
    | { __typename: 'Decision', decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, id: string }
    | { __typename: 'Deployment', key: string, activatedAt: string | null, id: string, deploymentState: DeploymentState }
    | { __typename: 'Endpoint', key: string, id: string }
    | { __typename: 'Environment', digest: string, values: unknown, id: string }
    | { __typename: 'ErasedNode', id: string }
    | { __typename: 'HyperparameterSet', digest: string, parameters: unknown, id: string }
    | { __typename: 'KpiValue', value: number, isMet: boolean, to: string, id: string, kpi: string }
    | { __typename: 'MaskedNode', id: string }
    | { __typename: 'Model', key: string, id: string }
    | { __typename: 'ModelVersion', key: string, digest: string, format: string, id: string }
    | { __typename: 'Pipeline', key: string, id: string }
    | { __typename: 'PipelineStep', name: string, stepType: PipelineStepType, id: string, stepState: PipelineStepState }
    | { __typename: 'PipelineVersion', key: string, digest: string, id: string }
    | { __typename: 'Plugin', name: string, pluginVersion: string, id: string }
    | { __typename: 'Report', reportType: ReportType, verdict: Verdict | null, id: string, metrics: Array<{ name: string, value: number | string }> }
    | { __typename: 'Run', runType: RunType, state: RunState, name: string, endedAt: string | null, id: string, plugin: { name: string, version: string } | null }
    | { __typename: 'Runner', name: string, id: string }
    | { __typename: 'Trigger', key: string, id: string, triggerState: TriggerState }
    | { __typename: 'TriggerFiring', firedAt: string, id: string, triggerName: string, firingState: FiringState }
    | { __typename: 'UseCase', key: string, riskTier: RiskTier, id: string }
   | null };

export type AssetVersionsQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type AssetVersionsQuery = { node:
    | { aliases: Array<{ alias: string, validFrom: string, ledgerSeq: number, by:
          | { name: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { name: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         | null, version:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }>, datasetVersions: { nodes: Array<{ id: string, key: string, digest: string, rows: number | null, fileCount: number, sizeBytes: number, createdAt: string, aliases: Array<{ alias: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
    | { aliases: Array<{ alias: string, validFrom: string, ledgerSeq: number, by:
          | { name: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { name: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         | null, version:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }>, modelVersions: { nodes: Array<{ id: string, key: string, digest: string, format: string, fileCount: number, sizeBytes: number, createdAt: string, aliases: Array<{ alias: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
    | Record<PropertyKey, never>
   | null };

export type NamedVersionFragment = { alias: string, validFrom: string, ledgerSeq: number, by:
    | { name: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { name: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   | null, version:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { key: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { key: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   };

export type DatasetStatisticsQueryVariables = Exact<{
  id: string;
}>;


export type DatasetStatisticsQuery = { node:
    | { statistics: Array<{ column: string, nulls: number, distinctApprox: number, min: string | null, max: string | null, mean: number | null, stddev: number | null }> }
    | Record<PropertyKey, never>
   | null };

export type PluginByIdQueryVariables = Exact<{
  id: string;
}>;


export type PluginByIdQuery = { node:
    | { id: string, name: string, pluginVersion: string, digest: string, registeredAt: string, manifest: unknown }
    | Record<PropertyKey, never>
   | null };

export type RunnerByIdQueryVariables = Exact<{
  id: string;
}>;


export type RunnerByIdQuery = { node:
    | { id: string, name: string, plugins: Array<string>, namespaces: Array<string>, pools: Array<string>, enrolledAt: string, presence: { state: string, pool: string, freeSlots: number, plugins: Array<string>, at: string } | null }
    | Record<PropertyKey, never>
   | null };

export type DecideMutationVariables = Exact<{
  input: DecideInput;
  idempotencyKey?: string | null | undefined;
}>;


export type DecideMutation = { decide: { ledgerSeq: number | null, projected: boolean, decision: { id: string, namespace: string, decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, expiresAt: string | null, about:
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
      , basis: Array<{ node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }>, attributedTo:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type CreateEndpointMutationVariables = Exact<{
  input: CreateEndpointInput;
  idempotencyKey?: string | null | undefined;
}>;


export type CreateEndpointMutation = { createEndpoint: { ledgerSeq: number | null, projected: boolean, endpoint: { id: string, key: string, latestVersion: number, requiresApproval: boolean, wantedDeployment: { id: string, key: string, state: DeploymentState } | null, activeDeployment: { id: string, key: string, state: DeploymentState } | null } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type DeployMutationVariables = Exact<{
  input: DeployInput;
  idempotencyKey?: string | null | undefined;
}>;


export type DeployMutation = { deploy: { ledgerSeq: number | null, projected: boolean, endpoint: { id: string, key: string, latestVersion: number, requiresApproval: boolean, wantedDeployment: { id: string, key: string, state: DeploymentState } | null, activeDeployment: { id: string, key: string, state: DeploymentState } | null } | null, deployment: { id: string, key: string, state: DeploymentState, createdAt: string, activatedAt: string | null, endedAt: string | null, restores: number | null, failure: { type: FailureType, message: string } | null, serves: Array<{ weight: number | null, mode: string | null, node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, state: ModelVersionState, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type RollBackMutationVariables = Exact<{
  input: RollBackInput;
  idempotencyKey?: string | null | undefined;
}>;


export type RollBackMutation = { rollBack: { ledgerSeq: number | null, projected: boolean, endpoint: { id: string, key: string, latestVersion: number, requiresApproval: boolean, wantedDeployment: { id: string, key: string, state: DeploymentState } | null, activeDeployment: { id: string, key: string, state: DeploymentState } | null } | null, deployment: { id: string, key: string, state: DeploymentState, createdAt: string, activatedAt: string | null, endedAt: string | null, restores: number | null, failure: { type: FailureType, message: string } | null, serves: Array<{ weight: number | null, mode: string | null, node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, state: ModelVersionState, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type SuspendDeploymentMutationVariables = Exact<{
  input: SuspendDeploymentInput;
  idempotencyKey?: string | null | undefined;
}>;


export type SuspendDeploymentMutation = { suspendDeployment: { ledgerSeq: number | null, projected: boolean, endpoint: { id: string, key: string, latestVersion: number, requiresApproval: boolean, wantedDeployment: { id: string, key: string, state: DeploymentState } | null, activeDeployment: { id: string, key: string, state: DeploymentState } | null } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type ResumeDeploymentMutationVariables = Exact<{
  input: SuspendDeploymentInput;
  idempotencyKey?: string | null | undefined;
}>;


export type ResumeDeploymentMutation = { resumeDeployment: { ledgerSeq: number | null, projected: boolean, endpoint: { id: string, key: string, latestVersion: number, requiresApproval: boolean, wantedDeployment: { id: string, key: string, state: DeploymentState } | null, activeDeployment: { id: string, key: string, state: DeploymentState } | null } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type EndpointQueryVariables = Exact<{
  key: string;
}>;


export type EndpointQuery = { endpoint: { listensAt: Array<string>, id: string, key: string, latestVersion: number, requiresApproval: boolean, versions: { nodes: Array<{ id: string, key: string, state: DeploymentState, createdAt: string, activatedAt: string | null, endedAt: string | null, restores: number | null, failure: { type: FailureType, message: string } | null, serves: Array<{ weight: number | null, mode: string | null, node:
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, state: ModelVersionState, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
           }> }> }, wantedDeployment: { id: string, key: string, state: DeploymentState } | null, activeDeployment: { id: string, key: string, state: DeploymentState } | null } | null };

export type EndpointByIdQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
}>;


export type EndpointByIdQuery = { node:
    | { __typename: 'Agent' }
    | { __typename: 'Alert' }
    | { __typename: 'CodeRepository' }
    | { __typename: 'CodeVersion' }
    | { __typename: 'Dataset' }
    | { __typename: 'DatasetVersion' }
    | { __typename: 'Decision' }
    | { __typename: 'Deployment' }
    | { __typename: 'Endpoint', listensAt: Array<string>, createdAt: string, id: string, key: string, latestVersion: number, requiresApproval: boolean, versions: { nodes: Array<{ id: string, key: string, state: DeploymentState, createdAt: string, activatedAt: string | null, endedAt: string | null, restores: number | null, failure: { type: FailureType, message: string } | null, serves: Array<{ weight: number | null, mode: string | null, node:
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { key: string, state: ModelVersionState, id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
             }> }> }, wantedDeployment: { id: string, key: string, state: DeploymentState } | null, activeDeployment: { id: string, key: string, state: DeploymentState } | null }
    | { __typename: 'Environment' }
    | { __typename: 'ErasedNode' }
    | { __typename: 'HyperparameterSet' }
    | { __typename: 'KpiValue' }
    | { __typename: 'MaskedNode' }
    | { __typename: 'Model' }
    | { __typename: 'ModelVersion' }
    | { __typename: 'Pipeline' }
    | { __typename: 'PipelineStep' }
    | { __typename: 'PipelineVersion' }
    | { __typename: 'Plugin' }
    | { __typename: 'Report' }
    | { __typename: 'Run' }
    | { __typename: 'Runner' }
    | { __typename: 'Trigger' }
    | { __typename: 'TriggerFiring' }
    | { __typename: 'UseCase' }
   | null };

export type DeploymentByIdQueryVariables = Exact<{
  id: string;
}>;


export type DeploymentByIdQuery = { node:
    | { __typename: 'Agent' }
    | { __typename: 'Alert' }
    | { __typename: 'CodeRepository' }
    | { __typename: 'CodeVersion' }
    | { __typename: 'Dataset' }
    | { __typename: 'DatasetVersion' }
    | { __typename: 'Decision' }
    | { __typename: 'Deployment', id: string, key: string, state: DeploymentState, createdAt: string, activatedAt: string | null, endedAt: string | null, restores: number | null, failure: { type: FailureType, message: string } | null, serves: Array<{ weight: number | null, mode: string | null, node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, state: ModelVersionState, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> }
    | { __typename: 'Endpoint' }
    | { __typename: 'Environment' }
    | { __typename: 'ErasedNode' }
    | { __typename: 'HyperparameterSet' }
    | { __typename: 'KpiValue' }
    | { __typename: 'MaskedNode' }
    | { __typename: 'Model' }
    | { __typename: 'ModelVersion' }
    | { __typename: 'Pipeline' }
    | { __typename: 'PipelineStep' }
    | { __typename: 'PipelineVersion' }
    | { __typename: 'Plugin' }
    | { __typename: 'Report' }
    | { __typename: 'Run' }
    | { __typename: 'Runner' }
    | { __typename: 'Trigger' }
    | { __typename: 'TriggerFiring' }
    | { __typename: 'UseCase' }
   | null };

export type DecisionByIdQueryVariables = Exact<{
  id: string;
}>;


export type DecisionByIdQuery = { node:
    | { __typename: 'Agent' }
    | { __typename: 'Alert' }
    | { __typename: 'CodeRepository' }
    | { __typename: 'CodeVersion' }
    | { __typename: 'Dataset' }
    | { __typename: 'DatasetVersion' }
    | { __typename: 'Decision', id: string, namespace: string, decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, expiresAt: string | null, about:
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
      , basis: Array<{ node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }>, attributedTo:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null }
    | { __typename: 'Deployment' }
    | { __typename: 'Endpoint' }
    | { __typename: 'Environment' }
    | { __typename: 'ErasedNode' }
    | { __typename: 'HyperparameterSet' }
    | { __typename: 'KpiValue' }
    | { __typename: 'MaskedNode' }
    | { __typename: 'Model' }
    | { __typename: 'ModelVersion' }
    | { __typename: 'Pipeline' }
    | { __typename: 'PipelineStep' }
    | { __typename: 'PipelineVersion' }
    | { __typename: 'Plugin' }
    | { __typename: 'Report' }
    | { __typename: 'Run' }
    | { __typename: 'Runner' }
    | { __typename: 'Trigger' }
    | { __typename: 'TriggerFiring' }
    | { __typename: 'UseCase' }
   | null };

export type DecisionsOnQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
}>;


export type DecisionsOnQuery = { node:
    | { decisions: { nodes: Array<{ id: string, namespace: string, decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, expiresAt: string | null, about:
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
          , basis: Array<{ node:
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
             }>, attributedTo:
            | { name: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { name: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
           | null }> } }
    | { decisions: { nodes: Array<{ id: string, namespace: string, decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, expiresAt: string | null, about:
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
          , basis: Array<{ node:
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
             }>, attributedTo:
            | { name: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { name: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
           | null }> } }
    | { decisions: { nodes: Array<{ id: string, namespace: string, decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, expiresAt: string | null, about:
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
          , basis: Array<{ node:
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
             }>, attributedTo:
            | { name: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { name: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
           | null }> } }
    | Record<PropertyKey, never>
   | null };

export type EndpointsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  agent?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type EndpointsQuery = { endpoints: { nodes: Array<{ id: string, key: string, latestVersion: number, requiresApproval: boolean, wantedDeployment: { id: string, key: string, state: DeploymentState } | null, activeDeployment: { id: string, key: string, state: DeploymentState } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type DeploymentQueryVariables = Exact<{
  key: string;
}>;


export type DeploymentQuery = { deployment: { id: string, key: string, state: DeploymentState, createdAt: string, activatedAt: string | null, endedAt: string | null, restores: number | null, decisions: { nodes: Array<{ id: string, namespace: string, decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, expiresAt: string | null, about:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
        , basis: Array<{ node:
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
           }>, attributedTo:
          | { name: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { name: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         | null }> }, failure: { type: FailureType, message: string } | null, serves: Array<{ weight: number | null, mode: string | null, node:
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, state: ModelVersionState, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       }> } | null };

export type DeploymentsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  states?: Array<DeploymentState> | DeploymentState | null | undefined;
  endpoint?: string | null | undefined;
  agent?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type DeploymentsQuery = { deployments: { nodes: Array<{ id: string, key: string, state: DeploymentState, createdAt: string, activatedAt: string | null, endedAt: string | null, restores: number | null, failure: { type: FailureType, message: string } | null, serves: Array<{ weight: number | null, mode: string | null, node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, state: ModelVersionState, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type DecisionsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  decisionTypes?: Array<DecisionType> | DecisionType | null | undefined;
  about?: string | null | undefined;
  agent?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type DecisionsQuery = { decisions: { nodes: Array<{ id: string, namespace: string, decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, expiresAt: string | null, about:
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
      , basis: Array<{ node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }>, attributedTo:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type DecisionFieldsFragment = { id: string, namespace: string, decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, expiresAt: string | null, about:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { key: string, id: string }
    | { id: string }
    | { key: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { key: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
  , basis: Array<{ node:
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     }>, attributedTo:
    | { name: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { name: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   | null };

export type EndpointFieldsFragment = { id: string, key: string, latestVersion: number, requiresApproval: boolean, wantedDeployment: { id: string, key: string, state: DeploymentState } | null, activeDeployment: { id: string, key: string, state: DeploymentState } | null };

export type DeploymentFieldsFragment = { id: string, key: string, state: DeploymentState, createdAt: string, activatedAt: string | null, endedAt: string | null, restores: number | null, failure: { type: FailureType, message: string } | null, serves: Array<{ weight: number | null, mode: string | null, node:
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { key: string, state: ModelVersionState, id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     }> };

export type InferenceQueryVariables = Exact<{
  id: string;
}>;


export type InferenceQuery = { inference: { id: string, at: string, deployment: { id: string, key: string, state: DeploymentState, createdAt: string, activatedAt: string | null, endedAt: string | null, restores: number | null, decisions: { nodes: Array<{ id: string, namespace: string, decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, expiresAt: string | null, about:
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
          , basis: Array<{ node:
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
             }>, attributedTo:
            | { name: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { name: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
           | null }> }, failure: { type: FailureType, message: string } | null, serves: Array<{ weight: number | null, mode: string | null, node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, state: ModelVersionState, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> }, model:
      | { __typename: 'Agent', id: string }
      | { __typename: 'Alert', id: string }
      | { __typename: 'CodeRepository', id: string }
      | { __typename: 'CodeVersion', id: string }
      | { __typename: 'Dataset', id: string }
      | { __typename: 'DatasetVersion', id: string }
      | { __typename: 'Decision', id: string }
      | { __typename: 'Deployment', id: string }
      | { __typename: 'Endpoint', id: string }
      | { __typename: 'Environment', id: string }
      | { __typename: 'ErasedNode', id: string }
      | { __typename: 'HyperparameterSet', id: string }
      | { __typename: 'KpiValue', id: string }
      | { __typename: 'MaskedNode', id: string }
      | { __typename: 'Model', id: string }
      | { __typename: 'ModelVersion', key: string, state: ModelVersionState, id: string, decisions: { nodes: Array<{ id: string, namespace: string, decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, expiresAt: string | null, about:
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { key: string, id: string }
              | { id: string }
              | { key: string, id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { key: string, id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
            , basis: Array<{ node:
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
                | { id: string }
               }>, attributedTo:
              | { name: string, id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { name: string, id: string }
              | { id: string }
              | { id: string }
              | { id: string }
             | null }> } }
      | { __typename: 'Pipeline', id: string }
      | { __typename: 'PipelineStep', id: string }
      | { __typename: 'PipelineVersion', id: string }
      | { __typename: 'Plugin', id: string }
      | { __typename: 'Report', id: string }
      | { __typename: 'Run', id: string }
      | { __typename: 'Runner', id: string }
      | { __typename: 'Trigger', id: string }
      | { __typename: 'TriggerFiring', id: string }
      | { __typename: 'UseCase', id: string }
     | null } | null };

export type RecordLabelsMutationVariables = Exact<{
  input: RecordLabelsInput;
  idempotencyKey?: string | null | undefined;
}>;


export type RecordLabelsMutation = { recordLabels: { stored: number | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type NodeHistoryQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type NodeHistoryQuery = { nodeHistory: { nodes: Array<{ ledgerSeq: number, recordedAt: string, type: string, by:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null, fields: Array<{ field: string, before: { value: unknown, isErased: boolean } | null, after: { value: unknown, isErased: boolean } | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type LedgerQueryVariables = Exact<{ [key: string]: never; }>;


export type LedgerQuery = { ledger: { ledgerId: string, size: number, checkpoint: string | null, verifierKey: string, readOnly: string | null } };

export type LedgerEntriesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: number | null | undefined;
  types?: Array<string> | string | null | undefined;
}>;


export type LedgerEntriesQuery = { ledgerEntries: { endSeq: number, hasMore: boolean, entries: Array<{ seq: number, type: string, version: number, recordedAt: string, by: string, payload: unknown, leafHash: string }> } };

export type LedgerProofQueryVariables = Exact<{
  seq: number;
}>;


export type LedgerProofQuery = { ledgerProof: { seq: number, leafHash: string, size: number, root: string, path: Array<string>, checkpoint: string } };

export type LedgerConsistencyQueryVariables = Exact<{
  first: number;
  second: number;
}>;


export type LedgerConsistencyQuery = { ledgerConsistency: { first: number, second: number, path: Array<string>, checkpoint: string } };

export type VerifyLedgerQueryVariables = Exact<{
  records?: boolean;
}>;


export type VerifyLedgerQuery = { verifyLedger: { ok: boolean, entries: number, root: string, firstFault: { seq: number | null, reason: string } | null, records: { ok: boolean, entries: number, rows: number, firstFault: { table: string, id: string | null, field: string | null, seq: number | null, reason: string } | null } | null } };

export type LedgerVerificationQueryVariables = Exact<{ [key: string]: never; }>;


export type LedgerVerificationQuery = { ledgerVerification: { isRunning: boolean, entries: number, size: number } };

export type FollowersQueryVariables = Exact<{ [key: string]: never; }>;


export type FollowersQuery = { followers: Array<{ name: string, seq: number, halted: string | null }> };

export type RebuildGraphMutationVariables = Exact<{ [key: string]: never; }>;


export type RebuildGraphMutation = { rebuildGraph: { ledgerSeq: number | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type FollowLedgerSubscriptionVariables = Exact<{
  after?: number | null | undefined;
  types?: Array<string> | string | null | undefined;
}>;


export type FollowLedgerSubscription = { ledgerEntries: { seq: number, type: string, version: number, recordedAt: string, by: string, payload: unknown, leafHash: string } };

export type DocumentOfLedgerQueryVariables = Exact<{
  digest: string;
}>;


export type DocumentOfLedgerQuery = { ledgerDocument: unknown };

type NodeLabel_Agent_Fragment = { __typename: 'Agent', name: string, kind: AgentKind, id: string };

type NodeLabel_Alert_Fragment = { __typename: 'Alert', severity: AlertSeverity, message: string, id: string, cause: string, alertState: AlertState };

type NodeLabel_CodeRepository_Fragment = { __typename: 'CodeRepository', namespace: string, name: string, id: string };

type NodeLabel_CodeVersion_Fragment = { __typename: 'CodeVersion', namespace: string, name: string, commit: string, dirtyDigest: string | null, id: string };

type NodeLabel_Dataset_Fragment = { __typename: 'Dataset', key: string, id: string };

type NodeLabel_DatasetVersion_Fragment = { __typename: 'DatasetVersion', key: string, digest: string, rows: number | null, fileCount: number, sizeBytes: number, id: string, source: { uri: string, snapshot: string } | null };

type NodeLabel_Decision_Fragment = { __typename: 'Decision', decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, id: string };

type NodeLabel_Deployment_Fragment = { __typename: 'Deployment', key: string, activatedAt: string | null, id: string, deploymentState: DeploymentState };

type NodeLabel_Endpoint_Fragment = { __typename: 'Endpoint', key: string, id: string };

type NodeLabel_Environment_Fragment = { __typename: 'Environment', digest: string, values: unknown, id: string };

type NodeLabel_ErasedNode_Fragment = { __typename: 'ErasedNode', id: string };

type NodeLabel_HyperparameterSet_Fragment = { __typename: 'HyperparameterSet', digest: string, parameters: unknown, id: string };

type NodeLabel_KpiValue_Fragment = { __typename: 'KpiValue', value: number, isMet: boolean, to: string, id: string, kpi: string };

type NodeLabel_MaskedNode_Fragment = { __typename: 'MaskedNode', id: string };

type NodeLabel_Model_Fragment = { __typename: 'Model', key: string, id: string };

type NodeLabel_ModelVersion_Fragment = { __typename: 'ModelVersion', key: string, digest: string, format: string, id: string };

type NodeLabel_Pipeline_Fragment = { __typename: 'Pipeline', key: string, id: string };

type NodeLabel_PipelineStep_Fragment = { __typename: 'PipelineStep', name: string, stepType: PipelineStepType, id: string, stepState: PipelineStepState };

type NodeLabel_PipelineVersion_Fragment = { __typename: 'PipelineVersion', key: string, digest: string, id: string };

type NodeLabel_Plugin_Fragment = { __typename: 'Plugin', name: string, pluginVersion: string, id: string };

type NodeLabel_Report_Fragment = { __typename: 'Report', reportType: ReportType, verdict: Verdict | null, id: string, metrics: Array<{ name: string, value: number | string }> };

type NodeLabel_Run_Fragment = { __typename: 'Run', runType: RunType, state: RunState, name: string, endedAt: string | null, id: string, plugin: { name: string, version: string } | null };

type NodeLabel_Runner_Fragment = { __typename: 'Runner', name: string, id: string };

type NodeLabel_Trigger_Fragment = { __typename: 'Trigger', key: string, id: string, triggerState: TriggerState };

type NodeLabel_TriggerFiring_Fragment = { __typename: 'TriggerFiring', firedAt: string, id: string, triggerName: string, firingState: FiringState };

type NodeLabel_UseCase_Fragment = { __typename: 'UseCase', key: string, riskTier: RiskTier, id: string };

export type NodeLabelFragment =
  | NodeLabel_Agent_Fragment
  | NodeLabel_Alert_Fragment
  | NodeLabel_CodeRepository_Fragment
  | NodeLabel_CodeVersion_Fragment
  | NodeLabel_Dataset_Fragment
  | NodeLabel_DatasetVersion_Fragment
  | NodeLabel_Decision_Fragment
  | NodeLabel_Deployment_Fragment
  | NodeLabel_Endpoint_Fragment
  | NodeLabel_Environment_Fragment
  | NodeLabel_ErasedNode_Fragment
  | NodeLabel_HyperparameterSet_Fragment
  | NodeLabel_KpiValue_Fragment
  | NodeLabel_MaskedNode_Fragment
  | NodeLabel_Model_Fragment
  | NodeLabel_ModelVersion_Fragment
  | NodeLabel_Pipeline_Fragment
  | NodeLabel_PipelineStep_Fragment
  | NodeLabel_PipelineVersion_Fragment
  | NodeLabel_Plugin_Fragment
  | NodeLabel_Report_Fragment
  | NodeLabel_Run_Fragment
  | NodeLabel_Runner_Fragment
  | NodeLabel_Trigger_Fragment
  | NodeLabel_TriggerFiring_Fragment
  | NodeLabel_UseCase_Fragment
;

export type LineageQueryVariables = Exact<{
  node: string;
  direction?: LineageDirection | null | undefined;
  follow?: Array<ArrowFamily> | ArrowFamily | null | undefined;
  maxDepth?: number | null | undefined;
  asOf?: string | null | undefined;
  knownAt?: number | null | undefined;
  minSeq?: number | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type LineageQuery = { lineage: { isPartial: boolean, reasons: Array<PartialReason>, ledgerSeq: number, edges: Array<{ cursor: string, depth: number, via: Array<{ arrow: ArrowType, role: string | null, nearer: string }>, node:
        | { __typename: 'Agent', name: string, kind: AgentKind, id: string }
        | { __typename: 'Alert', severity: AlertSeverity, message: string, id: string, cause: string, alertState: AlertState }
        | { __typename: 'CodeRepository', namespace: string, name: string, id: string }
        | { __typename: 'CodeVersion', namespace: string, name: string, commit: string, dirtyDigest: string | null, id: string }
        | { __typename: 'Dataset', key: string, id: string }
        | { __typename: 'DatasetVersion', key: string, digest: string, rows: number | null, fileCount: number, sizeBytes: number, id: string, source: { uri: string, snapshot: string } | null }
        | { __typename: 'Decision', decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, id: string }
        | { __typename: 'Deployment', key: string, activatedAt: string | null, id: string, deploymentState: DeploymentState }
        | { __typename: 'Endpoint', key: string, id: string }
        | { __typename: 'Environment', digest: string, values: unknown, id: string }
        | { __typename: 'ErasedNode', id: string }
        | { __typename: 'HyperparameterSet', digest: string, parameters: unknown, id: string }
        | { __typename: 'KpiValue', value: number, isMet: boolean, to: string, id: string, kpi: string }
        | { __typename: 'MaskedNode', id: string }
        | { __typename: 'Model', key: string, id: string }
        | { __typename: 'ModelVersion', key: string, digest: string, format: string, id: string }
        | { __typename: 'Pipeline', key: string, id: string }
        | { __typename: 'PipelineStep', name: string, stepType: PipelineStepType, id: string, stepState: PipelineStepState }
        | { __typename: 'PipelineVersion', key: string, digest: string, id: string }
        | { __typename: 'Plugin', name: string, pluginVersion: string, id: string }
        | { __typename: 'Report', reportType: ReportType, verdict: Verdict | null, id: string, metrics: Array<{ name: string, value: number | string }> }
        | { __typename: 'Run', runType: RunType, state: RunState, name: string, endedAt: string | null, id: string, plugin: { name: string, version: string } | null }
        | { __typename: 'Runner', name: string, id: string }
        | { __typename: 'Trigger', key: string, id: string, triggerState: TriggerState }
        | { __typename: 'TriggerFiring', firedAt: string, id: string, triggerName: string, firingState: FiringState }
        | { __typename: 'UseCase', key: string, riskTier: RiskTier, id: string }
       }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type LineageCountsQueryVariables = Exact<{
  node: string;
  direction?: LineageDirection | null | undefined;
  follow?: Array<ArrowFamily> | ArrowFamily | null | undefined;
  maxDepth?: number | null | undefined;
  minSeq?: number | null | undefined;
}>;


export type LineageCountsQuery = { lineageCounts: { total: number, isPartial: boolean, reasons: Array<PartialReason>, ledgerSeq: number, byType: Array<{ type: string, count: number }> } };

export type LineagePathsQueryVariables = Exact<{
  from: string;
  to: string;
  minSeq?: number | null | undefined;
}>;


export type LineagePathsQuery = { lineagePaths: Array<{ arrows: Array<ArrowType>, nodes: Array<
      | { __typename: 'Agent', id: string }
      | { __typename: 'Alert', id: string }
      | { __typename: 'CodeRepository', id: string }
      | { __typename: 'CodeVersion', id: string }
      | { __typename: 'Dataset', id: string }
      | { __typename: 'DatasetVersion', id: string }
      | { __typename: 'Decision', id: string }
      | { __typename: 'Deployment', id: string }
      | { __typename: 'Endpoint', id: string }
      | { __typename: 'Environment', id: string }
      | { __typename: 'ErasedNode', id: string }
      | { __typename: 'HyperparameterSet', id: string }
      | { __typename: 'KpiValue', id: string }
      | { __typename: 'MaskedNode', id: string }
      | { __typename: 'Model', id: string }
      | { __typename: 'ModelVersion', id: string }
      | { __typename: 'Pipeline', id: string }
      | { __typename: 'PipelineStep', id: string }
      | { __typename: 'PipelineVersion', id: string }
      | { __typename: 'Plugin', id: string }
      | { __typename: 'Report', id: string }
      | { __typename: 'Run', id: string }
      | { __typename: 'Runner', id: string }
      | { __typename: 'Trigger', id: string }
      | { __typename: 'TriggerFiring', id: string }
      | { __typename: 'UseCase', id: string }
    > }> };

export type ColumnUsesQueryVariables = Exact<{
  dataset: string;
  column: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
  minSeq?: number | null | undefined;
}>;


export type ColumnUsesQuery = { columnUses: { isPartial: boolean, reasons: Array<PartialReason>, ledgerSeq: number, edges: Array<{ featureCount: number, node:
        | { __typename: 'Agent', name: string, kind: AgentKind, id: string }
        | { __typename: 'Alert', severity: AlertSeverity, message: string, id: string, cause: string, alertState: AlertState }
        | { __typename: 'CodeRepository', namespace: string, name: string, id: string }
        | { __typename: 'CodeVersion', namespace: string, name: string, commit: string, dirtyDigest: string | null, id: string }
        | { __typename: 'Dataset', key: string, id: string }
        | { __typename: 'DatasetVersion', key: string, digest: string, rows: number | null, fileCount: number, sizeBytes: number, id: string, source: { uri: string, snapshot: string } | null }
        | { __typename: 'Decision', decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, id: string }
        | { __typename: 'Deployment', key: string, activatedAt: string | null, id: string, deploymentState: DeploymentState }
        | { __typename: 'Endpoint', key: string, id: string }
        | { __typename: 'Environment', digest: string, values: unknown, id: string }
        | { __typename: 'ErasedNode', id: string }
        | { __typename: 'HyperparameterSet', digest: string, parameters: unknown, id: string }
        | { __typename: 'KpiValue', value: number, isMet: boolean, to: string, id: string, kpi: string }
        | { __typename: 'MaskedNode', id: string }
        | { __typename: 'Model', key: string, id: string }
        | { __typename: 'ModelVersion', key: string, digest: string, format: string, id: string }
        | { __typename: 'Pipeline', key: string, id: string }
        | { __typename: 'PipelineStep', name: string, stepType: PipelineStepType, id: string, stepState: PipelineStepState }
        | { __typename: 'PipelineVersion', key: string, digest: string, id: string }
        | { __typename: 'Plugin', name: string, pluginVersion: string, id: string }
        | { __typename: 'Report', reportType: ReportType, verdict: Verdict | null, id: string, metrics: Array<{ name: string, value: number | string }> }
        | { __typename: 'Run', runType: RunType, state: RunState, name: string, endedAt: string | null, id: string, plugin: { name: string, version: string } | null }
        | { __typename: 'Runner', name: string, id: string }
        | { __typename: 'Trigger', key: string, id: string, triggerState: TriggerState }
        | { __typename: 'TriggerFiring', firedAt: string, id: string, triggerName: string, firingState: FiringState }
        | { __typename: 'UseCase', key: string, riskTier: RiskTier, id: string }
      , features: Array<{ name: string, steps: Array<{ column: string, via: ColumnLineageType, expression: string | null, masking: boolean, version:
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
           }> }> }>, untold: Array<
      | { __typename: 'Agent', name: string, kind: AgentKind, id: string }
      | { __typename: 'Alert', severity: AlertSeverity, message: string, id: string, cause: string, alertState: AlertState }
      | { __typename: 'CodeRepository', namespace: string, name: string, id: string }
      | { __typename: 'CodeVersion', namespace: string, name: string, commit: string, dirtyDigest: string | null, id: string }
      | { __typename: 'Dataset', key: string, id: string }
      | { __typename: 'DatasetVersion', key: string, digest: string, rows: number | null, fileCount: number, sizeBytes: number, id: string, source: { uri: string, snapshot: string } | null }
      | { __typename: 'Decision', decisionType: DecisionType, reason: string, policy: string | null, decidedAt: string, id: string }
      | { __typename: 'Deployment', key: string, activatedAt: string | null, id: string, deploymentState: DeploymentState }
      | { __typename: 'Endpoint', key: string, id: string }
      | { __typename: 'Environment', digest: string, values: unknown, id: string }
      | { __typename: 'ErasedNode', id: string }
      | { __typename: 'HyperparameterSet', digest: string, parameters: unknown, id: string }
      | { __typename: 'KpiValue', value: number, isMet: boolean, to: string, id: string, kpi: string }
      | { __typename: 'MaskedNode', id: string }
      | { __typename: 'Model', key: string, id: string }
      | { __typename: 'ModelVersion', key: string, digest: string, format: string, id: string }
      | { __typename: 'Pipeline', key: string, id: string }
      | { __typename: 'PipelineStep', name: string, stepType: PipelineStepType, id: string, stepState: PipelineStepState }
      | { __typename: 'PipelineVersion', key: string, digest: string, id: string }
      | { __typename: 'Plugin', name: string, pluginVersion: string, id: string }
      | { __typename: 'Report', reportType: ReportType, verdict: Verdict | null, id: string, metrics: Array<{ name: string, value: number | string }> }
      | { __typename: 'Run', runType: RunType, state: RunState, name: string, endedAt: string | null, id: string, plugin: { name: string, version: string } | null }
      | { __typename: 'Runner', name: string, id: string }
      | { __typename: 'Trigger', key: string, id: string, triggerState: TriggerState }
      | { __typename: 'TriggerFiring', firedAt: string, id: string, triggerName: string, firingState: FiringState }
      | { __typename: 'UseCase', key: string, riskTier: RiskTier, id: string }
    >, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PersonalDataQueryVariables = Exact<{
  agent: string;
}>;


export type PersonalDataQuery = { personalData: Array<{ seq: number, path: string, digest: string, salt: string, value: string }> };

export type FindAgentsQueryVariables = Exact<{
  name: string;
  after?: string | null | undefined;
}>;


export type FindAgentsQuery = { search: { nodes: Array<
      | { __typename: 'Agent', name: string, kind: AgentKind, id: string }
      | { __typename: 'Alert', id: string }
      | { __typename: 'CodeRepository', id: string }
      | { __typename: 'CodeVersion', id: string }
      | { __typename: 'Dataset', id: string }
      | { __typename: 'DatasetVersion', id: string }
      | { __typename: 'Decision', id: string }
      | { __typename: 'Deployment', id: string }
      | { __typename: 'Endpoint', id: string }
      | { __typename: 'Environment', id: string }
      | { __typename: 'ErasedNode', id: string }
      | { __typename: 'HyperparameterSet', id: string }
      | { __typename: 'KpiValue', id: string }
      | { __typename: 'MaskedNode', id: string }
      | { __typename: 'Model', id: string }
      | { __typename: 'ModelVersion', id: string }
      | { __typename: 'Pipeline', id: string }
      | { __typename: 'PipelineStep', id: string }
      | { __typename: 'PipelineVersion', id: string }
      | { __typename: 'Plugin', id: string }
      | { __typename: 'Report', id: string }
      | { __typename: 'Run', id: string }
      | { __typename: 'Runner', id: string }
      | { __typename: 'Trigger', id: string }
      | { __typename: 'TriggerFiring', id: string }
      | { __typename: 'UseCase', id: string }
    >, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ErasePersonalDataMutationVariables = Exact<{
  input: ErasePersonalDataInput;
  idempotencyKey?: string | null | undefined;
}>;


export type ErasePersonalDataMutation = { erasePersonalData: { ledgerSeq: number | null, agent:
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type PublishPipelineVersionMutationVariables = Exact<{
  input: PublishPipelineVersionInput;
  idempotencyKey?: string | null | undefined;
}>;


export type PublishPipelineVersionMutation = { publishPipelineVersion: { ledgerSeq: number | null, projected: boolean, pipelineVersion: { id: string, key: string, version: number, digest: string, createdAt: string, attributedTo:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type StartPipelineMutationVariables = Exact<{
  input: StartPipelineInput;
  idempotencyKey?: string | null | undefined;
}>;


export type StartPipelineMutation = { startPipeline: { ledgerSeq: number | null, projected: boolean, run: { id: string, state: RunState } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type RerunPipelineMutationVariables = Exact<{
  input: RerunPipelineInput;
  idempotencyKey?: string | null | undefined;
}>;


export type RerunPipelineMutation = { rerunPipeline: { ledgerSeq: number | null, projected: boolean, run: { id: string, state: RunState } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type PipelineQueryVariables = Exact<{
  key: string;
  first?: number | null | undefined;
}>;


export type PipelineQuery = { pipeline: { id: string, key: string, latestVersion: number, createdAt: string, versions: { nodes: Array<{ id: string, key: string, version: number, digest: string, createdAt: string, attributedTo:
          | { name: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { name: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         | null }> } } | null };

export type PipelineByIdQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
}>;


export type PipelineByIdQuery = { node:
    | { __typename: 'Agent' }
    | { __typename: 'Alert' }
    | { __typename: 'CodeRepository' }
    | { __typename: 'CodeVersion' }
    | { __typename: 'Dataset' }
    | { __typename: 'DatasetVersion' }
    | { __typename: 'Decision' }
    | { __typename: 'Deployment' }
    | { __typename: 'Endpoint' }
    | { __typename: 'Environment' }
    | { __typename: 'ErasedNode' }
    | { __typename: 'HyperparameterSet' }
    | { __typename: 'KpiValue' }
    | { __typename: 'MaskedNode' }
    | { __typename: 'Model' }
    | { __typename: 'ModelVersion' }
    | { __typename: 'Pipeline', id: string, key: string, latestVersion: number, createdAt: string, versions: { nodes: Array<{ id: string, key: string, version: number, digest: string, createdAt: string, attributedTo:
            | { name: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { name: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
           | null }> } }
    | { __typename: 'PipelineStep' }
    | { __typename: 'PipelineVersion', definition: unknown, id: string, key: string, version: number, digest: string, createdAt: string, attributedTo:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null }
    | { __typename: 'Plugin' }
    | { __typename: 'Report' }
    | { __typename: 'Run' }
    | { __typename: 'Runner' }
    | { __typename: 'Trigger' }
    | { __typename: 'TriggerFiring' }
    | { __typename: 'UseCase' }
   | null };

export type PipelineVersionQueryVariables = Exact<{
  key: string;
}>;


export type PipelineVersionQuery = { pipelineVersion: { definition: unknown, id: string, key: string, version: number, digest: string, createdAt: string, attributedTo:
      | { name: string, id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { name: string, id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     | null } | null };

export type PipelinesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type PipelinesQuery = { pipelines: { nodes: Array<{ id: string, key: string, latestVersion: number, createdAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PipelineVersionsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  pipeline?: string | null | undefined;
  agent?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type PipelineVersionsQuery = { pipelineVersions: { nodes: Array<{ id: string, key: string, version: number, digest: string, createdAt: string, attributedTo:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PipelineRunQueryVariables = Exact<{
  id: string;
}>;


export type PipelineRunQuery = { node:
    | { id: string, state: RunState, whyWaiting: string | null, failure: { type: FailureType, message: string } | null, steps: Array<{ id: string, name: string, stepType: PipelineStepType, state: PipelineStepState, needs: Array<string>, startedAt: string | null, endedAt: string | null, failure: { type: FailureType, message: string } | null, run: { id: string, state: RunState, whyWaiting: string | null, plugin: { name: string, version: string } | null, outputs: Array<{ role: string | null, node:
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { key: string, id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { key: string, id: string }
              | { id: string }
              | { id: string }
              | { key: string, id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
             }> } | null, report: { id: string, verdict: Verdict | null } | null, decision: { id: string, decisionType: DecisionType, policy: string | null } | null, deployment: { id: string, key: string, state: DeploymentState } | null, reusedFrom: { id: string, pipelineRun: { id: string } } | null }> | null }
    | Record<PropertyKey, never>
   | null };

export type PipelineVersionFieldsFragment = { id: string, key: string, version: number, digest: string, createdAt: string, attributedTo:
    | { name: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { name: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   | null };

export type PipelineStepFieldsFragment = { id: string, name: string, stepType: PipelineStepType, state: PipelineStepState, needs: Array<string>, startedAt: string | null, endedAt: string | null, failure: { type: FailureType, message: string } | null, run: { id: string, state: RunState, whyWaiting: string | null, plugin: { name: string, version: string } | null, outputs: Array<{ role: string | null, node:
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { key: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       }> } | null, report: { id: string, verdict: Verdict | null } | null, decision: { id: string, decisionType: DecisionType, policy: string | null } | null, deployment: { id: string, key: string, state: DeploymentState } | null, reusedFrom: { id: string, pipelineRun: { id: string } } | null };

export type PublishDatasetVersionMutationVariables = Exact<{
  input: PublishDatasetVersionInput;
  idempotencyKey?: string | null | undefined;
}>;


export type PublishDatasetVersionMutation = { publishDatasetVersion: { ledgerSeq: number | null, projected: boolean, datasetVersion: { id: string, key: string, digest: string, rows: number | null, fileCount: number, sizeBytes: number } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type RecordCodeVersionMutationVariables = Exact<{
  input: RecordCodeVersionInput;
  idempotencyKey?: string | null | undefined;
}>;


export type RecordCodeVersionMutation = { recordCodeVersion: { ledgerSeq: number | null, projected: boolean, codeVersion: { id: string, name: string, commit: string, dirtyDigest: string | null } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type RecordHyperparameterSetMutationVariables = Exact<{
  input: RecordHyperparameterSetInput;
  idempotencyKey?: string | null | undefined;
}>;


export type RecordHyperparameterSetMutation = { recordHyperparameterSet: { ledgerSeq: number | null, projected: boolean, hyperparameterSet: { id: string, digest: string } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type RecordEnvironmentMutationVariables = Exact<{
  input: RecordEnvironmentInput;
  idempotencyKey?: string | null | undefined;
}>;


export type RecordEnvironmentMutation = { recordEnvironment: { ledgerSeq: number | null, projected: boolean, environment: { id: string, digest: string } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type RecordRunMutationVariables = Exact<{
  input: RecordRunInput;
  idempotencyKey?: string | null | undefined;
}>;


export type RecordRunMutation = { recordRun: { ledgerSeq: number | null, projected: boolean, run: { id: string, state: RunState, outputs: Array<{ role: string | null, node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type ManifestFilesFragment = { nodes: Array<{ path: string, sizeBytes: number, digest: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } };

export type RegisterPluginMutationVariables = Exact<{
  input: RegisterPluginInput;
  idempotencyKey?: string | null | undefined;
}>;


export type RegisterPluginMutation = { registerPlugin: { ledgerSeq: number | null, plugin: { id: string, name: string, pluginVersion: string } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type ClaimRunMutationVariables = Exact<{
  input: ClaimRunInput;
  idempotencyKey?: string | null | undefined;
}>;


export type ClaimRunMutation = { claimRun: { attempt: number | null, token: string | null, leaseMs: number | null, ledgerSeq: number | null, run: { id: string, namespace: string, runType: RunType, seed: number, plugin: { name: string, version: string } | null, inputs: Array<{ role: string | null, node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, digest: string, id: string, schema: Array<{ name: string, type: string, nullable: boolean }>, files: { nodes: Array<{ path: string, sizeBytes: number, digest: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { parameters: unknown, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, digest: string, id: string, signature: { inputs: Array<{ name: string, type: string }>, outputs: Array<{ name: string, type: string }> }, files: { nodes: Array<{ path: string, sizeBytes: number, digest: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type StartRunMutationVariables = Exact<{
  input: StartRunInput;
  idempotencyKey?: string | null | undefined;
}>;


export type StartRunMutation = { startRun: { ledgerSeq: number | null, run: { id: string, state: RunState } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type FinishRunMutationVariables = Exact<{
  input: FinishRunInput;
  idempotencyKey?: string | null | undefined;
}>;


export type FinishRunMutation = { finishRun: { ledgerSeq: number | null, run: { id: string, state: RunState, outputs: Array<{ role: string | null, node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type VersionFilesQueryVariables = Exact<{
  version: string;
  after?: string | null | undefined;
}>;


export type VersionFilesQuery = { node:
    | { files: { nodes: Array<{ path: string, sizeBytes: number, digest: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
    | { files: { nodes: Array<{ path: string, sizeBytes: number, digest: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
    | Record<PropertyKey, never>
   | null };

export type AttemptStateQueryVariables = Exact<{
  run: string;
}>;


export type AttemptStateQuery = { node:
    | { id: string, state: RunState, attempts: Array<{ attempt: number, state: AttemptState }> }
    | Record<PropertyKey, never>
   | null };

export type ReadableNodeQueryVariables = Exact<{
  node: string;
}>;


export type ReadableNodeQuery = { node:
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   | null };

export type ReportDeploymentMutationVariables = Exact<{
  input: ReportDeploymentInput;
  idempotencyKey?: string | null | undefined;
}>;


export type ReportDeploymentMutation = { reportDeployment: { ledgerSeq: number | null, projected: boolean, endpoint: { id: string } | null, deployment: { id: string, state: DeploymentState } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type ServedByRunQueryVariables = Exact<{
  run: string;
}>;


export type ServedByRunQuery = { node:
    | { id: string, state: RunState, endpoint: { id: string, key: string, wantedDeployment: { id: string, key: string, version: number, state: DeploymentState, serves: Array<{ weight: number | null, mode: string | null, node:
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { key: string, digest: string, state: ModelVersionState, format: string, id: string, signature: { inputs: Array<{ name: string, type: string }>, outputs: Array<{ name: string, type: string }> } }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
             }> } | null, activeDeployment: { id: string, key: string, version: number, state: DeploymentState, serves: Array<{ weight: number | null, mode: string | null, node:
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { key: string, digest: string, state: ModelVersionState, format: string, id: string, signature: { inputs: Array<{ name: string, type: string }>, outputs: Array<{ name: string, type: string }> } }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
             }> } | null } | null }
    | Record<PropertyKey, never>
   | null };

export type ServedDeploymentFragment = { id: string, key: string, version: number, state: DeploymentState, serves: Array<{ weight: number | null, mode: string | null, node:
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { key: string, digest: string, state: ModelVersionState, format: string, id: string, signature: { inputs: Array<{ name: string, type: string }>, outputs: Array<{ name: string, type: string }> } }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     }> };

export type AddReportMutationVariables = Exact<{
  input: AddReportInput;
  idempotencyKey?: string | null | undefined;
}>;


export type AddReportMutation = { addReport: { ledgerSeq: number | null, report: { id: string } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type RaiseAlertMutationVariables = Exact<{
  input: RaiseAlertInput;
  idempotencyKey?: string | null | undefined;
}>;


export type RaiseAlertMutation = { raiseAlert: { ledgerSeq: number | null, projected: boolean, alert: { id: string, namespace: string, name: string, state: AlertState, severity: AlertSeverity, message: string, episode: number, occurrences: number, evidence: Array<{ node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type OpenObservationsMutationVariables = Exact<{
  input: OpenObservationsInput;
}>;


export type OpenObservationsMutation = { openObservations: { endpoint: string | null, consumer: string | null, stream: string | null, after: number | null, kept: string | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type SettleObservationsMutationVariables = Exact<{
  input: SettleObservationsInput;
}>;


export type SettleObservationsMutation = { settleObservations: { seq: number | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

type VersionKey_Agent_Fragment = { id: string };

type VersionKey_Alert_Fragment = { id: string };

type VersionKey_CodeRepository_Fragment = { id: string };

type VersionKey_CodeVersion_Fragment = { id: string };

type VersionKey_Dataset_Fragment = { id: string };

type VersionKey_DatasetVersion_Fragment = { key: string, id: string };

type VersionKey_Decision_Fragment = { id: string };

type VersionKey_Deployment_Fragment = { id: string };

type VersionKey_Endpoint_Fragment = { id: string };

type VersionKey_Environment_Fragment = { id: string };

type VersionKey_ErasedNode_Fragment = { id: string };

type VersionKey_HyperparameterSet_Fragment = { id: string };

type VersionKey_KpiValue_Fragment = { id: string };

type VersionKey_MaskedNode_Fragment = { id: string };

type VersionKey_Model_Fragment = { id: string };

type VersionKey_ModelVersion_Fragment = { key: string, id: string };

type VersionKey_Pipeline_Fragment = { id: string };

type VersionKey_PipelineStep_Fragment = { id: string };

type VersionKey_PipelineVersion_Fragment = { key: string, id: string };

type VersionKey_Plugin_Fragment = { id: string };

type VersionKey_Report_Fragment = { id: string };

type VersionKey_Run_Fragment = { id: string };

type VersionKey_Runner_Fragment = { id: string };

type VersionKey_Trigger_Fragment = { id: string };

type VersionKey_TriggerFiring_Fragment = { id: string };

type VersionKey_UseCase_Fragment = { id: string };

export type VersionKeyFragment =
  | VersionKey_Agent_Fragment
  | VersionKey_Alert_Fragment
  | VersionKey_CodeRepository_Fragment
  | VersionKey_CodeVersion_Fragment
  | VersionKey_Dataset_Fragment
  | VersionKey_DatasetVersion_Fragment
  | VersionKey_Decision_Fragment
  | VersionKey_Deployment_Fragment
  | VersionKey_Endpoint_Fragment
  | VersionKey_Environment_Fragment
  | VersionKey_ErasedNode_Fragment
  | VersionKey_HyperparameterSet_Fragment
  | VersionKey_KpiValue_Fragment
  | VersionKey_MaskedNode_Fragment
  | VersionKey_Model_Fragment
  | VersionKey_ModelVersion_Fragment
  | VersionKey_Pipeline_Fragment
  | VersionKey_PipelineStep_Fragment
  | VersionKey_PipelineVersion_Fragment
  | VersionKey_Plugin_Fragment
  | VersionKey_Report_Fragment
  | VersionKey_Run_Fragment
  | VersionKey_Runner_Fragment
  | VersionKey_Trigger_Fragment
  | VersionKey_TriggerFiring_Fragment
  | VersionKey_UseCase_Fragment
;

export type SubmitRunMutationVariables = Exact<{
  input: SubmitRunInput;
  idempotencyKey?: string | null | undefined;
}>;


export type SubmitRunMutation = { submitRun: { ledgerSeq: number | null, projected: boolean, run: { id: string, state: RunState } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type CancelRunMutationVariables = Exact<{
  input: CancelRunInput;
  idempotencyKey?: string | null | undefined;
}>;


export type CancelRunMutation = { cancelRun: { ledgerSeq: number | null, projected: boolean, run: { id: string, state: RunState } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type RunQueryVariables = Exact<{
  id: string;
}>;


export type RunQuery = { node:
    | { id: string, namespace: string, name: string, runType: RunType, state: RunState, whyWaiting: string | null, seed: number, queuedAt: string, startedAt: string | null, endedAt: string | null, measurementsComplete: boolean | null, plugin: { name: string, version: string } | null, attributedTo:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null, failure: { type: FailureType, message: string, retryable: boolean } | null, attempts: Array<{ attempt: number, state: AttemptState, runner: string, claimedAt: string, startedAt: string | null, endedAt: string | null, failure: { type: FailureType, message: string } | null }>, inputs: Array<{ role: string | null, node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { name: string, commit: string, id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { values: unknown, id: string }
          | { id: string }
          | { parameters: unknown, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }>, outputs: Array<{ role: string | null, node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, digest: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, digest: string, format: string, id: string, metrics: Array<{ name: string, value: number | string }> }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { reportType: ReportType, verdict: Verdict | null, id: string, metrics: Array<{ name: string, value: number | string }> }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> }
    | Record<PropertyKey, never>
   | null };

export type RunsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  states?: Array<RunState> | RunState | null | undefined;
  runTypes?: Array<RunType> | RunType | null | undefined;
  kinds?: Array<RunKind> | RunKind | null | undefined;
  plugin?: string | null | undefined;
  agent?: string | null | undefined;
  triggeredBy?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
  parameters?: Array<ParameterFilterInput> | ParameterFilterInput | null | undefined;
  metrics?: Array<MetricFilterInput> | MetricFilterInput | null | undefined;
}>;


export type RunsQuery = { runs: { nodes: Array<{ id: string, namespace: string, name: string, runType: RunType, state: RunState, queuedAt: string, endedAt: string | null, whyWaiting: string | null, plugin: { name: string, version: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type RunMetricsQueryVariables = Exact<{
  id: string;
  name?: string | null | undefined;
  first?: number | null | undefined;
  after?: number | null | undefined;
}>;


export type RunMetricsQuery = { node:
    | { metricPoints: Array<{ name: string, step: number, value: number | string, attempt: number, n: number, at: string }> }
    | Record<PropertyKey, never>
   | null };

export type RunLogsQueryVariables = Exact<{
  id: string;
  attempt?: number | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type RunLogsQuery = { node:
    | { logs: { nodes: Array<{ attempt: number, n: number, at: string, level: string, text: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } }
    | Record<PropertyKey, never>
   | null };

export type ReportsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  reportTypes?: Array<ReportType> | ReportType | null | undefined;
  verdicts?: Array<Verdict> | Verdict | null | undefined;
  about?: string | null | undefined;
  run?: string | null | undefined;
  plugin?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
  metrics?: Array<MetricFilterInput> | MetricFilterInput | null | undefined;
  orderByMetric?: MetricOrderInput | null | undefined;
  withMetrics?: boolean | null | undefined;
}>;


export type ReportsQuery = { reports: { nodes: Array<{ id: string, namespace: string, reportType: ReportType, verdict: Verdict | null, createdAt: string, metrics?: Array<{ name: string, value: number | string }>, about: Array<{ role: string | null, node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type BestModelVersionsQueryVariables = Exact<{
  model: string;
  metric: MetricOrderInput;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type BestModelVersionsQuery = { model: { best: { edges: Array<{ value: number | string, node: { id: string, key: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type ReportQueryVariables = Exact<{
  id: string;
}>;


export type ReportQuery = { node:
    | { id: string, reportType: ReportType, verdict: Verdict | null, createdAt: string, metrics: Array<{ name: string, value: number | string }>, slices: Array<{ count: number, where: Array<{ column: string, value: string }>, metrics: Array<{ name: string, value: number | string }>, intervals: Array<{ name: string, low: number | string, high: number | string }> }>, anomalies: Array<{ type: string, column: string | null, severity: AnomalySeverity, message: string, count: number | null }>, drift: Array<{ feature: string, method: DriftMethod, definition: string, value: number | string, pValue: number | string | null, adjustedPValue: number | string | null, floor: number | string | null, importance: number | null, referenceCount: number, currentCount: number, outcome: DriftOutcome, where: Array<{ column: string, value: string }> }>, rules: Array<{ rule: string, kind: GateRuleKind, metric: string, value: number | string | null, low: number | string | null, high: number | string | null, count: number | null, bound: number | string, pValue: number | string | null, adjustedPValue: number | string | null, outcome: Verdict, message: string, where: Array<{ column: string, value: string }> }>, run: { id: string }, about: Array<{ role: string | null, node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { key: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> }
    | Record<PropertyKey, never>
   | null };

export type FollowRunSubscriptionVariables = Exact<{
  run: string;
  after?: string | null | undefined;
}>;


export type FollowRunSubscription = { runEvents: { cursor: string, at: string, attempt: number | null, n: number | null, event:
      | { level: string, message: string }
      | { name: string, step: number, value: number | string }
      | { fraction: number | null, message: string }
      | { state: RunState, failure: { type: FailureType, message: string } | null }
     } };

export type SetAliasMutationVariables = Exact<{
  input: SetAliasInput;
  idempotencyKey?: string | null | undefined;
}>;


export type SetAliasMutation = { setAlias: { alias: string | null, ledgerSeq: number | null, projected: boolean, asset:
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     | null, version:
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type DeleteAliasMutationVariables = Exact<{
  input: DeleteAliasInput;
  idempotencyKey?: string | null | undefined;
}>;


export type DeleteAliasMutation = { deleteAlias: { alias: string | null, ledgerSeq: number | null, projected: boolean, asset:
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type SetTagMutationVariables = Exact<{
  input: SetTagInput;
  idempotencyKey?: string | null | undefined;
}>;


export type SetTagMutation = { setTag: { key: string | null, ledgerSeq: number | null, projected: boolean, node:
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type DeleteTagMutationVariables = Exact<{
  input: DeleteTagInput;
  idempotencyKey?: string | null | undefined;
}>;


export type DeleteTagMutation = { deleteTag: { key: string | null, ledgerSeq: number | null, projected: boolean, node:
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type CreateTriggerMutationVariables = Exact<{
  input: CreateTriggerInput;
  idempotencyKey?: string | null | undefined;
}>;


export type CreateTriggerMutation = { createTrigger: { secret: string | null, ledgerSeq: number | null, projected: boolean, trigger: { id: string, key: string, namespace: string, name: string, state: TriggerState, definition: unknown, createdAt: string, author:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type ChangeTriggerMutationVariables = Exact<{
  input: ChangeTriggerInput;
  idempotencyKey?: string | null | undefined;
}>;


export type ChangeTriggerMutation = { changeTrigger: { ledgerSeq: number | null, projected: boolean, trigger: { id: string, key: string, namespace: string, name: string, state: TriggerState, definition: unknown, createdAt: string, author:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type SetTriggerStateMutationVariables = Exact<{
  input: SetTriggerStateInput;
  idempotencyKey?: string | null | undefined;
}>;


export type SetTriggerStateMutation = { setTriggerState: { ledgerSeq: number | null, projected: boolean, trigger: { id: string, key: string, namespace: string, name: string, state: TriggerState, definition: unknown, createdAt: string, author:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type FireTriggerMutationVariables = Exact<{
  input: FireTriggerInput;
  idempotencyKey?: string | null | undefined;
}>;


export type FireTriggerMutation = { fireTrigger: { ledgerSeq: number | null, projected: boolean, firing: { id: string, state: FiringState, cause: string, occasion: string, message: string, firedAt: string, reactedAt: string | null, endedAt: string | null, reactions: Array<{ reaction: string, led: string | null, error: string | null }>, causedBy: Array<{ node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }>, onBehalfOf:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type TriggerQueryVariables = Exact<{
  key: string;
  first?: number | null | undefined;
}>;


export type TriggerQuery = { trigger: { id: string, key: string, namespace: string, name: string, state: TriggerState, definition: unknown, createdAt: string, firings: { nodes: Array<{ id: string, state: FiringState, cause: string, occasion: string, message: string, firedAt: string, reactedAt: string | null, endedAt: string | null, reactions: Array<{ reaction: string, led: string | null, error: string | null }>, causedBy: Array<{ node:
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
           }>, onBehalfOf:
          | { name: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { name: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> }, author:
      | { name: string, id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { name: string, id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     } | null };

export type TriggerByIdQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
}>;


export type TriggerByIdQuery = { node:
    | { __typename: 'Agent' }
    | { __typename: 'Alert' }
    | { __typename: 'CodeRepository' }
    | { __typename: 'CodeVersion' }
    | { __typename: 'Dataset' }
    | { __typename: 'DatasetVersion' }
    | { __typename: 'Decision' }
    | { __typename: 'Deployment' }
    | { __typename: 'Endpoint' }
    | { __typename: 'Environment' }
    | { __typename: 'ErasedNode' }
    | { __typename: 'HyperparameterSet' }
    | { __typename: 'KpiValue' }
    | { __typename: 'MaskedNode' }
    | { __typename: 'Model' }
    | { __typename: 'ModelVersion' }
    | { __typename: 'Pipeline' }
    | { __typename: 'PipelineStep' }
    | { __typename: 'PipelineVersion' }
    | { __typename: 'Plugin' }
    | { __typename: 'Report' }
    | { __typename: 'Run' }
    | { __typename: 'Runner' }
    | { __typename: 'Trigger', id: string, key: string, namespace: string, name: string, state: TriggerState, definition: unknown, createdAt: string, firings: { nodes: Array<{ id: string, state: FiringState, cause: string, occasion: string, message: string, firedAt: string, reactedAt: string | null, endedAt: string | null, reactions: Array<{ reaction: string, led: string | null, error: string | null }>, causedBy: Array<{ node:
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
             }>, onBehalfOf:
            | { name: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { name: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
           }> }, author:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       }
    | { __typename: 'TriggerFiring' }
    | { __typename: 'UseCase' }
   | null };

export type TriggersQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  states?: Array<TriggerState> | TriggerState | null | undefined;
  agent?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type TriggersQuery = { triggers: { nodes: Array<{ id: string, key: string, namespace: string, name: string, state: TriggerState, definition: unknown, createdAt: string, author:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type TriggerFieldsFragment = { id: string, key: string, namespace: string, name: string, state: TriggerState, definition: unknown, createdAt: string, author:
    | { name: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { name: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   };

export type TriggerFiringFieldsFragment = { id: string, state: FiringState, cause: string, occasion: string, message: string, firedAt: string, reactedAt: string | null, endedAt: string | null, reactions: Array<{ reaction: string, led: string | null, error: string | null }>, causedBy: Array<{ node:
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
     }>, onBehalfOf:
    | { name: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { name: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
   };

export type CreateUseCaseMutationVariables = Exact<{
  input: CreateUseCaseInput;
  idempotencyKey?: string | null | undefined;
}>;


export type CreateUseCaseMutation = { createUseCase: { ledgerSeq: number | null, projected: boolean, useCase: { id: string, key: string, namespace: string, name: string, state: UseCaseState, purpose: string, riskTier: RiskTier, replaces: string | null, nextReviewAt: string | null, createdAt: string, owner:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
      , kpis: Array<{ name: string, unit: string | null, direction: KpiDirection, target: number, baseline: number | null }> } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type ChangeUseCaseMutationVariables = Exact<{
  input: ChangeUseCaseInput;
  idempotencyKey?: string | null | undefined;
}>;


export type ChangeUseCaseMutation = { changeUseCase: { ledgerSeq: number | null, projected: boolean, useCase: { id: string, key: string, namespace: string, name: string, state: UseCaseState, purpose: string, riskTier: RiskTier, replaces: string | null, nextReviewAt: string | null, createdAt: string, owner:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
      , kpis: Array<{ name: string, unit: string | null, direction: KpiDirection, target: number, baseline: number | null }> } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type SetUseCaseMutationVariables = Exact<{
  input: SetUseCaseInput;
  idempotencyKey?: string | null | undefined;
}>;


export type SetUseCaseMutation = { setUseCase: { ledgerSeq: number | null, projected: boolean, node:
      | { __typename: 'Agent', id: string }
      | { __typename: 'Alert', id: string }
      | { __typename: 'CodeRepository', id: string }
      | { __typename: 'CodeVersion', id: string }
      | { __typename: 'Dataset', id: string }
      | { __typename: 'DatasetVersion', id: string }
      | { __typename: 'Decision', id: string }
      | { __typename: 'Deployment', id: string }
      | { __typename: 'Endpoint', id: string }
      | { __typename: 'Environment', id: string }
      | { __typename: 'ErasedNode', id: string }
      | { __typename: 'HyperparameterSet', id: string }
      | { __typename: 'KpiValue', id: string }
      | { __typename: 'MaskedNode', id: string }
      | { __typename: 'Model', id: string }
      | { __typename: 'ModelVersion', id: string }
      | { __typename: 'Pipeline', id: string }
      | { __typename: 'PipelineStep', id: string }
      | { __typename: 'PipelineVersion', id: string }
      | { __typename: 'Plugin', id: string }
      | { __typename: 'Report', id: string }
      | { __typename: 'Run', id: string }
      | { __typename: 'Runner', id: string }
      | { __typename: 'Trigger', id: string }
      | { __typename: 'TriggerFiring', id: string }
      | { __typename: 'UseCase', id: string }
     | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type RecordKpiMutationVariables = Exact<{
  input: RecordKpiInput;
  idempotencyKey?: string | null | undefined;
}>;


export type RecordKpiMutation = { recordKpi: { ledgerSeq: number | null, projected: boolean, kpiValue: { id: string, name: string, value: number, unit: string | null, target: number, direction: KpiDirection, baseline: number | null, isMet: boolean, from: string, to: string, source: string | null, recordedAt: string } | null, userErrors: Array<{ code: string, path: Array<string>, message: string }> } };

export type UseCaseQueryVariables = Exact<{
  key: string;
}>;


export type UseCaseQuery = { useCase: { id: string, key: string, namespace: string, name: string, state: UseCaseState, purpose: string, riskTier: RiskTier, replaces: string | null, nextReviewAt: string | null, createdAt: string, owner:
      | { name: string, id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { id: string }
      | { name: string, id: string }
      | { id: string }
      | { id: string }
      | { id: string }
    , kpis: Array<{ name: string, unit: string | null, direction: KpiDirection, target: number, baseline: number | null }> } | null };

export type UseCaseByIdQueryVariables = Exact<{
  id: string;
  first?: number | null | undefined;
}>;


export type UseCaseByIdQuery = { node:
    | { __typename: 'Agent' }
    | { __typename: 'Alert' }
    | { __typename: 'CodeRepository' }
    | { __typename: 'CodeVersion' }
    | { __typename: 'Dataset' }
    | { __typename: 'DatasetVersion' }
    | { __typename: 'Decision' }
    | { __typename: 'Deployment' }
    | { __typename: 'Endpoint' }
    | { __typename: 'Environment' }
    | { __typename: 'ErasedNode' }
    | { __typename: 'HyperparameterSet' }
    | { __typename: 'KpiValue' }
    | { __typename: 'MaskedNode' }
    | { __typename: 'Model' }
    | { __typename: 'ModelVersion' }
    | { __typename: 'Pipeline' }
    | { __typename: 'PipelineStep' }
    | { __typename: 'PipelineVersion' }
    | { __typename: 'Plugin' }
    | { __typename: 'Report' }
    | { __typename: 'Run' }
    | { __typename: 'Runner' }
    | { __typename: 'Trigger' }
    | { __typename: 'TriggerFiring' }
    | { __typename: 'UseCase', id: string, key: string, namespace: string, name: string, state: UseCaseState, purpose: string, riskTier: RiskTier, replaces: string | null, nextReviewAt: string | null, createdAt: string, attributedTo:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
       | null, models: { nodes: Array<{ id: string, key: string }> }, endpoints: { nodes: Array<{ id: string, key: string }> }, kpiValues: { nodes: Array<{ id: string, name: string, value: number, unit: string | null, target: number, direction: KpiDirection, baseline: number | null, isMet: boolean, from: string, to: string, source: string | null, recordedAt: string }> }, alerts: { nodes: Array<{ id: string, namespace: string, name: string, state: AlertState, severity: AlertSeverity, message: string, episode: number, occurrences: number, firstAt: string, lastAt: string, acknowledgedAt: string | null, resolvedAt: string | null, resolution: string | null, about:
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { id: string }
            | { key: string, id: string }
          , evidence: Array<{ node:
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
              | { id: string }
             }> }> }, owner:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
      , kpis: Array<{ name: string, unit: string | null, direction: KpiDirection, target: number, baseline: number | null }> }
   | null };

export type UseCasesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespace?: string | null | undefined;
  nameContains?: string | null | undefined;
  tags?: Array<TagFilterInput> | TagFilterInput | null | undefined;
  states?: Array<UseCaseState> | UseCaseState | null | undefined;
  riskTiers?: Array<RiskTier> | RiskTier | null | undefined;
  owner?: string | null | undefined;
  agent?: string | null | undefined;
  orderBy?: NodeOrder | null | undefined;
  since?: string | null | undefined;
  until?: string | null | undefined;
}>;


export type UseCasesQuery = { useCases: { nodes: Array<{ id: string, key: string, namespace: string, name: string, state: UseCaseState, purpose: string, riskTier: RiskTier, replaces: string | null, nextReviewAt: string | null, createdAt: string, owner:
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { id: string }
        | { name: string, id: string }
        | { id: string }
        | { id: string }
        | { id: string }
      , kpis: Array<{ name: string, unit: string | null, direction: KpiDirection, target: number, baseline: number | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type InventoryQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  namespaces?: Array<string> | string | null | undefined;
  riskTiers?: Array<RiskTier> | RiskTier | null | undefined;
  states?: Array<UseCaseState> | UseCaseState | null | undefined;
  owner?: string | null | undefined;
  reviewOverdue?: boolean | null | undefined;
}>;


export type InventoryQuery = { inventory: { isComplete: boolean, rows: Array<{ isReviewOverdue: boolean, openAlertCount: number, useCase: { id: string, key: string, namespace: string, name: string, state: UseCaseState, purpose: string, riskTier: RiskTier, replaces: string | null, nextReviewAt: string | null, createdAt: string, owner:
          | { name: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { name: string, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
        , kpis: Array<{ name: string, unit: string | null, direction: KpiDirection, target: number, baseline: number | null }> }, models: Array<{ id: string, key: string }>, versionsInService: Array<{ id: string, key: string }>, endpoints: Array<{ id: string, key: string }>, deployments: Array<{ id: string, key: string }>, kpis: Array<{ kpi: { name: string, unit: string | null, direction: KpiDirection, target: number, baseline: number | null }, last: { id: string, value: number, isMet: boolean, from: string, to: string } | null }>, openAlerts: Array<{ id: string, name: string, severity: AlertSeverity }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type UnassignedDeploymentsQueryVariables = Exact<{
  namespaces?: Array<string> | string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type UnassignedDeploymentsQuery = { unassignedDeployments: { nodes: Array<{ id: string, key: string, state: DeploymentState, createdAt: string, activatedAt: string | null, endedAt: string | null, restores: number | null, failure: { type: FailureType, message: string } | null, serves: Array<{ weight: number | null, mode: string | null, node:
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { key: string, state: ModelVersionState, id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
          | { id: string }
         }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type UseCaseFieldsFragment = { id: string, key: string, namespace: string, name: string, state: UseCaseState, purpose: string, riskTier: RiskTier, replaces: string | null, nextReviewAt: string | null, createdAt: string, owner:
    | { name: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { id: string }
    | { name: string, id: string }
    | { id: string }
    | { id: string }
    | { id: string }
  , kpis: Array<{ name: string, unit: string | null, direction: KpiDirection, target: number, baseline: number | null }> };

export type KpiValueFieldsFragment = { id: string, name: string, value: number, unit: string | null, target: number, direction: KpiDirection, baseline: number | null, isMet: boolean, from: string, to: string, source: string | null, recordedAt: string };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const AlertFieldsFragmentDoc = new TypedDocumentString(`
    fragment AlertFields on Alert {
  id
  namespace
  name
  state
  severity
  message
  episode
  occurrences
  firstAt
  lastAt
  acknowledgedAt
  resolvedAt
  resolution
  about {
    id
    ... on Deployment {
      key
    }
    ... on ModelVersion {
      key
    }
    ... on DatasetVersion {
      key
    }
    ... on UseCase {
      key
    }
  }
  evidence {
    node {
      id
    }
  }
}
    `, {"fragmentName":"AlertFields"}) as unknown as TypedDocumentString<AlertFieldsFragment, unknown>;
export const DatasetSummaryFragmentDoc = new TypedDocumentString(`
    fragment DatasetSummary on Dataset {
  key
  latestVersion
  createdAt
  aliases {
    alias
    version {
      ... on DatasetVersion {
        key
      }
    }
  }
  tags {
    key
    value
  }
}
    `, {"fragmentName":"DatasetSummary"}) as unknown as TypedDocumentString<DatasetSummaryFragment, unknown>;
export const ModelSummaryFragmentDoc = new TypedDocumentString(`
    fragment ModelSummary on Model {
  key
  latestVersion
  createdAt
  aliases {
    alias
    version {
      ... on ModelVersion {
        key
      }
    }
  }
  tags {
    key
    value
  }
}
    `, {"fragmentName":"ModelSummary"}) as unknown as TypedDocumentString<ModelSummaryFragment, unknown>;
export const ColumnOriginFragmentDoc = new TypedDocumentString(`
    fragment ColumnOrigin on ColumnLineage {
  column
  via
  expression
  masking
  from {
    input
    dataset
    column
  }
}
    `, {"fragmentName":"ColumnOrigin"}) as unknown as TypedDocumentString<ColumnOriginFragment, unknown>;
export const AgentNameFragmentDoc = new TypedDocumentString(`
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
    `, {"fragmentName":"AgentName"}) as unknown as TypedDocumentString<AgentNameFragment, unknown>;
export const NamedVersionFragmentDoc = new TypedDocumentString(`
    fragment NamedVersion on Alias {
  alias
  validFrom
  ledgerSeq
  by {
    ...AgentName
  }
  version {
    id
    ... on DatasetVersion {
      key
    }
    ... on ModelVersion {
      key
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}`, {"fragmentName":"NamedVersion"}) as unknown as TypedDocumentString<NamedVersionFragment, unknown>;
export const DecisionFieldsFragmentDoc = new TypedDocumentString(`
    fragment DecisionFields on Decision {
  id
  namespace
  decisionType
  reason
  policy
  decidedAt
  expiresAt
  about {
    id
    ... on ModelVersion {
      key
    }
    ... on DatasetVersion {
      key
    }
    ... on Deployment {
      key
    }
  }
  basis {
    node {
      id
    }
  }
  attributedTo {
    ...AgentName
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}`, {"fragmentName":"DecisionFields"}) as unknown as TypedDocumentString<DecisionFieldsFragment, unknown>;
export const EndpointFieldsFragmentDoc = new TypedDocumentString(`
    fragment EndpointFields on Endpoint {
  id
  key
  latestVersion
  requiresApproval
  wantedDeployment {
    id
    key
    state
  }
  activeDeployment {
    id
    key
    state
  }
}
    `, {"fragmentName":"EndpointFields"}) as unknown as TypedDocumentString<EndpointFieldsFragment, unknown>;
export const DeploymentFieldsFragmentDoc = new TypedDocumentString(`
    fragment DeploymentFields on Deployment {
  id
  key
  state
  createdAt
  activatedAt
  endedAt
  restores
  failure {
    type
    message
  }
  serves {
    weight
    mode
    node {
      id
      ... on ModelVersion {
        key
        state
      }
    }
  }
}
    `, {"fragmentName":"DeploymentFields"}) as unknown as TypedDocumentString<DeploymentFieldsFragment, unknown>;
export const NodeLabelFragmentDoc = new TypedDocumentString(`
    fragment NodeLabel on Node {
  __typename
  id
  ... on Agent {
    name
    kind
  }
  ... on Dataset {
    key
  }
  ... on DatasetVersion {
    key
    digest
    rows
    fileCount
    sizeBytes
    source {
      uri
      snapshot
    }
  }
  ... on Model {
    key
  }
  ... on ModelVersion {
    key
    digest
    format
  }
  ... on CodeRepository {
    namespace
    name
  }
  ... on CodeVersion {
    namespace
    name
    commit
    dirtyDigest
  }
  ... on HyperparameterSet {
    digest
    parameters
  }
  ... on Environment {
    digest
    values
  }
  ... on Run {
    runType
    state
    name
    plugin {
      name
      version
    }
    endedAt
  }
  ... on Report {
    reportType
    verdict
    metrics {
      name
      value
    }
  }
  ... on Endpoint {
    key
  }
  ... on UseCase {
    key
    riskTier
  }
  ... on Trigger {
    key
    triggerState: state
  }
  ... on TriggerFiring {
    triggerName: name
    firingState: state
    firedAt
  }
  ... on KpiValue {
    kpi: name
    value
    isMet
    to
  }
  ... on Deployment {
    key
    deploymentState: state
    activatedAt
  }
  ... on Decision {
    decisionType
    reason
    policy
    decidedAt
  }
  ... on Pipeline {
    key
  }
  ... on PipelineVersion {
    key
    digest
  }
  ... on PipelineStep {
    name
    stepType
    stepState: state
  }
  ... on Alert {
    cause: name
    severity
    alertState: state
    message
  }
  ... on Plugin {
    name
    pluginVersion
  }
  ... on Runner {
    name
  }
}
    `, {"fragmentName":"NodeLabel"}) as unknown as TypedDocumentString<NodeLabelFragment, unknown>;
export const PipelineVersionFieldsFragmentDoc = new TypedDocumentString(`
    fragment PipelineVersionFields on PipelineVersion {
  id
  key
  version
  digest
  createdAt
  attributedTo {
    ...AgentName
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}`, {"fragmentName":"PipelineVersionFields"}) as unknown as TypedDocumentString<PipelineVersionFieldsFragment, unknown>;
export const VersionKeyFragmentDoc = new TypedDocumentString(`
    fragment VersionKey on Node {
  id
  ... on DatasetVersion {
    key
  }
  ... on ModelVersion {
    key
  }
  ... on PipelineVersion {
    key
  }
}
    `, {"fragmentName":"VersionKey"}) as unknown as TypedDocumentString<VersionKeyFragment, unknown>;
export const PipelineStepFieldsFragmentDoc = new TypedDocumentString(`
    fragment PipelineStepFields on PipelineStep {
  id
  name
  stepType
  state
  needs
  startedAt
  endedAt
  failure {
    type
    message
  }
  run {
    id
    state
    plugin {
      name
      version
    }
    whyWaiting
    outputs {
      role
      node {
        ...VersionKey
      }
    }
  }
  report {
    id
    verdict
  }
  decision {
    id
    decisionType
    policy
  }
  deployment {
    id
    key
    state
  }
  reusedFrom {
    id
    pipelineRun {
      id
    }
  }
}
    fragment VersionKey on Node {
  id
  ... on DatasetVersion {
    key
  }
  ... on ModelVersion {
    key
  }
  ... on PipelineVersion {
    key
  }
}`, {"fragmentName":"PipelineStepFields"}) as unknown as TypedDocumentString<PipelineStepFieldsFragment, unknown>;
export const ManifestFilesFragmentDoc = new TypedDocumentString(`
    fragment ManifestFiles on FilePage {
  nodes {
    path
    sizeBytes
    digest
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}
    `, {"fragmentName":"ManifestFiles"}) as unknown as TypedDocumentString<ManifestFilesFragment, unknown>;
export const ServedDeploymentFragmentDoc = new TypedDocumentString(`
    fragment ServedDeployment on Deployment {
  id
  key
  version
  state
  serves {
    weight
    mode
    node {
      id
      ... on ModelVersion {
        key
        digest
        state
        format
        signature {
          inputs {
            name
            type
          }
          outputs {
            name
            type
          }
        }
      }
    }
  }
}
    `, {"fragmentName":"ServedDeployment"}) as unknown as TypedDocumentString<ServedDeploymentFragment, unknown>;
export const TriggerFieldsFragmentDoc = new TypedDocumentString(`
    fragment TriggerFields on Trigger {
  id
  key
  namespace
  name
  state
  definition
  createdAt
  author {
    ...AgentName
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}`, {"fragmentName":"TriggerFields"}) as unknown as TypedDocumentString<TriggerFieldsFragment, unknown>;
export const TriggerFiringFieldsFragmentDoc = new TypedDocumentString(`
    fragment TriggerFiringFields on TriggerFiring {
  id
  state
  cause
  occasion
  message
  firedAt
  reactedAt
  endedAt
  reactions {
    reaction
    led
    error
  }
  causedBy {
    node {
      id
    }
  }
  onBehalfOf {
    ...AgentName
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}`, {"fragmentName":"TriggerFiringFields"}) as unknown as TypedDocumentString<TriggerFiringFieldsFragment, unknown>;
export const UseCaseFieldsFragmentDoc = new TypedDocumentString(`
    fragment UseCaseFields on UseCase {
  id
  key
  namespace
  name
  state
  purpose
  riskTier
  replaces
  nextReviewAt
  createdAt
  owner {
    ...AgentName
  }
  kpis {
    name
    unit
    direction
    target
    baseline
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}`, {"fragmentName":"UseCaseFields"}) as unknown as TypedDocumentString<UseCaseFieldsFragment, unknown>;
export const KpiValueFieldsFragmentDoc = new TypedDocumentString(`
    fragment KpiValueFields on KpiValue {
  id
  name
  value
  unit
  target
  direction
  baseline
  isMet
  from
  to
  source
  recordedAt
}
    `, {"fragmentName":"KpiValueFields"}) as unknown as TypedDocumentString<KpiValueFieldsFragment, unknown>;
export const CreateTokenDocument = new TypedDocumentString(`
    mutation CreateToken($input: CreateTokenInput!, $idempotencyKey: String) {
  createToken(input: $input, idempotencyKey: $idempotencyKey) {
    token
    secret
    agent {
      id
      name
      kind
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<CreateTokenMutation, CreateTokenMutationVariables>;
export const RevokeTokenDocument = new TypedDocumentString(`
    mutation RevokeToken($input: RevokeTokenInput!, $idempotencyKey: String) {
  revokeToken(input: $input, idempotencyKey: $idempotencyKey) {
    token
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<RevokeTokenMutation, RevokeTokenMutationVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    agent {
      id
      ... on Agent {
        name
        kind
      }
      ... on Runner {
        name
      }
    }
    grants {
      namespace
      roles
    }
    run
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const TokensDocument = new TypedDocumentString(`
    query Tokens {
  tokens {
    id
    name
    grants {
      namespace
      roles
    }
    expiresAt
    revokedAt
    agent {
      id
      ... on Agent {
        name
        kind
      }
      ... on Runner {
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TokensQuery, TokensQueryVariables>;
export const EnrolRunnerDocument = new TypedDocumentString(`
    mutation EnrolRunner($input: EnrolRunnerInput!, $idempotencyKey: String) {
  enrolRunner(input: $input, idempotencyKey: $idempotencyKey) {
    runner {
      id
      name
    }
    secret
    natsCredentials
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<EnrolRunnerMutation, EnrolRunnerMutationVariables>;
export const RunnersDocument = new TypedDocumentString(`
    query Runners($first: Int, $after: String, $nameContains: String, $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  runners(
    first: $first
    after: $after
    nameContains: $nameContains
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      id
      name
      plugins
      namespaces
      pools
      presence {
        state
        pool
        freeSlots
        plugins
        at
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<RunnersQuery, RunnersQueryVariables>;
export const PluginsDocument = new TypedDocumentString(`
    query Plugins($first: Int, $after: String, $nameContains: String, $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  plugins(
    first: $first
    after: $after
    nameContains: $nameContains
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      id
      name
      pluginVersion
      digest
      registeredAt
      manifest
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<PluginsQuery, PluginsQueryVariables>;
export const CreateWebhookDocument = new TypedDocumentString(`
    mutation CreateWebhook($input: CreateWebhookInput!, $idempotencyKey: String) {
  createWebhook(input: $input, idempotencyKey: $idempotencyKey) {
    webhook
    secret
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<CreateWebhookMutation, CreateWebhookMutationVariables>;
export const EnableWebhookDocument = new TypedDocumentString(`
    mutation EnableWebhook($input: EnableWebhookInput!, $idempotencyKey: String) {
  enableWebhook(input: $input, idempotencyKey: $idempotencyKey) {
    webhook
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<EnableWebhookMutation, EnableWebhookMutationVariables>;
export const DeleteWebhookDocument = new TypedDocumentString(`
    mutation DeleteWebhook($input: DeleteWebhookInput!, $idempotencyKey: String) {
  deleteWebhook(input: $input, idempotencyKey: $idempotencyKey) {
    webhook
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<DeleteWebhookMutation, DeleteWebhookMutationVariables>;
export const WebhooksDocument = new TypedDocumentString(`
    query Webhooks {
  webhooks {
    id
    namespace
    url
    format
    types
    severity
    about {
      id
    }
    createdBy {
      id
    }
    createdAt
    position
    deliveredAt
    failures
    lastError
    nextAttemptAt
    disabledReason
  }
}
    `) as unknown as TypedDocumentString<WebhooksQuery, WebhooksQueryVariables>;
export const DeadLettersDocument = new TypedDocumentString(`
    query DeadLetters($first: Int, $after: String) {
  deadLetters(first: $first, after: $after) {
    nodes {
      id
      kind
      subject
      reason
      at
      deliveries
      run {
        id
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<DeadLettersQuery, DeadLettersQueryVariables>;
export const ResendDeadLetterDocument = new TypedDocumentString(`
    mutation ResendDeadLetter($input: ResendDeadLetterInput!, $idempotencyKey: String) {
  resendDeadLetter(input: $input, idempotencyKey: $idempotencyKey) {
    id
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<ResendDeadLetterMutation, ResendDeadLetterMutationVariables>;
export const AcknowledgeAlertDocument = new TypedDocumentString(`
    mutation AcknowledgeAlert($input: AcknowledgeAlertInput!, $idempotencyKey: String) {
  acknowledgeAlert(input: $input, idempotencyKey: $idempotencyKey) {
    alert {
      ...AlertFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment AlertFields on Alert {
  id
  namespace
  name
  state
  severity
  message
  episode
  occurrences
  firstAt
  lastAt
  acknowledgedAt
  resolvedAt
  resolution
  about {
    id
    ... on Deployment {
      key
    }
    ... on ModelVersion {
      key
    }
    ... on DatasetVersion {
      key
    }
    ... on UseCase {
      key
    }
  }
  evidence {
    node {
      id
    }
  }
}`) as unknown as TypedDocumentString<AcknowledgeAlertMutation, AcknowledgeAlertMutationVariables>;
export const ResolveAlertDocument = new TypedDocumentString(`
    mutation ResolveAlert($input: ResolveAlertInput!, $idempotencyKey: String) {
  resolveAlert(input: $input, idempotencyKey: $idempotencyKey) {
    alert {
      ...AlertFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment AlertFields on Alert {
  id
  namespace
  name
  state
  severity
  message
  episode
  occurrences
  firstAt
  lastAt
  acknowledgedAt
  resolvedAt
  resolution
  about {
    id
    ... on Deployment {
      key
    }
    ... on ModelVersion {
      key
    }
    ... on DatasetVersion {
      key
    }
    ... on UseCase {
      key
    }
  }
  evidence {
    node {
      id
    }
  }
}`) as unknown as TypedDocumentString<ResolveAlertMutation, ResolveAlertMutationVariables>;
export const AlertsDocument = new TypedDocumentString(`
    query Alerts($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $states: [AlertState!], $severities: [AlertSeverity!], $about: ID, $agent: ID, $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  alerts(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    states: $states
    severities: $severities
    about: $about
    agent: $agent
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      ...AlertFields
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment AlertFields on Alert {
  id
  namespace
  name
  state
  severity
  message
  episode
  occurrences
  firstAt
  lastAt
  acknowledgedAt
  resolvedAt
  resolution
  about {
    id
    ... on Deployment {
      key
    }
    ... on ModelVersion {
      key
    }
    ... on DatasetVersion {
      key
    }
    ... on UseCase {
      key
    }
  }
  evidence {
    node {
      id
    }
  }
}`) as unknown as TypedDocumentString<AlertsQuery, AlertsQueryVariables>;
export const AlertByIdDocument = new TypedDocumentString(`
    query AlertById($id: ID!) {
  node(id: $id) {
    __typename
    ... on Alert {
      ...AlertFields
    }
  }
}
    fragment AlertFields on Alert {
  id
  namespace
  name
  state
  severity
  message
  episode
  occurrences
  firstAt
  lastAt
  acknowledgedAt
  resolvedAt
  resolution
  about {
    id
    ... on Deployment {
      key
    }
    ... on ModelVersion {
      key
    }
    ... on DatasetVersion {
      key
    }
    ... on UseCase {
      key
    }
  }
  evidence {
    node {
      id
    }
  }
}`) as unknown as TypedDocumentString<AlertByIdQuery, AlertByIdQueryVariables>;
export const DatasetVersionByKeyDocument = new TypedDocumentString(`
    query DatasetVersionByKey($key: String!, $asOf: DateTime, $knownAt: SafeInt) {
  datasetVersion(key: $key, asOf: $asOf, knownAt: $knownAt) {
    id
    key
    digest
    rows
    fileCount
    sizeBytes
    createdAt
  }
}
    `) as unknown as TypedDocumentString<DatasetVersionByKeyQuery, DatasetVersionByKeyQueryVariables>;
export const ModelVersionByKeyDocument = new TypedDocumentString(`
    query ModelVersionByKey($key: String!, $asOf: DateTime, $knownAt: SafeInt) {
  modelVersion(key: $key, asOf: $asOf, knownAt: $knownAt) {
    id
    key
    digest
    format
    createdAt
    generatedBy {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<ModelVersionByKeyQuery, ModelVersionByKeyQueryVariables>;
export const DatasetByKeyDocument = new TypedDocumentString(`
    query DatasetByKey($key: String!) {
  dataset(key: $key) {
    id
    key
    latestVersion
    createdAt
  }
}
    `) as unknown as TypedDocumentString<DatasetByKeyQuery, DatasetByKeyQueryVariables>;
export const ModelByKeyDocument = new TypedDocumentString(`
    query ModelByKey($key: String!) {
  model(key: $key) {
    id
    key
    latestVersion
    createdAt
  }
}
    `) as unknown as TypedDocumentString<ModelByKeyQuery, ModelByKeyQueryVariables>;
export const DatasetsDocument = new TypedDocumentString(`
    query Datasets($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  datasets(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      id
      ...DatasetSummary
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment DatasetSummary on Dataset {
  key
  latestVersion
  createdAt
  aliases {
    alias
    version {
      ... on DatasetVersion {
        key
      }
    }
  }
  tags {
    key
    value
  }
}`) as unknown as TypedDocumentString<DatasetsQuery, DatasetsQueryVariables>;
export const ModelsDocument = new TypedDocumentString(`
    query Models($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  models(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      id
      ...ModelSummary
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment ModelSummary on Model {
  key
  latestVersion
  createdAt
  aliases {
    alias
    version {
      ... on ModelVersion {
        key
      }
    }
  }
  tags {
    key
    value
  }
}`) as unknown as TypedDocumentString<ModelsQuery, ModelsQueryVariables>;
export const SearchDocument = new TypedDocumentString(`
    query Search($text: String!, $first: Int, $after: String) {
  search(text: $text, first: $first, after: $after) {
    nodes {
      __typename
      id
      ... on Dataset {
        key
      }
      ... on Model {
        key
      }
      ... on Run {
        name
        state
      }
      ... on Plugin {
        name
        pluginVersion
      }
      ... on Runner {
        name
      }
      ... on CodeRepository {
        namespace
        name
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<SearchQuery, SearchQueryVariables>;
export const NodeDocument = new TypedDocumentString(`
    query Node($id: ID!) {
  node(id: $id) {
    __typename
    id
    ... on Dataset {
      ...DatasetSummary
    }
    ... on DatasetVersion {
      key
      digest
      isContentAddressed
      source {
        uri
        snapshot
      }
      rows
      fileCount
      sizeBytes
      createdAt
      aliases {
        alias
      }
      tags {
        key
        value
      }
      schema {
        name
        type
        nullable
      }
      columnLineage {
        ...ColumnOrigin
      }
      generatedBy {
        id
      }
      attributedTo {
        ...AgentName
      }
      files(first: 20) {
        ...ManifestFiles
      }
    }
    ... on Model {
      ...ModelSummary
    }
    ... on ModelVersion {
      key
      digest
      state
      format
      createdAt
      aliases {
        alias
      }
      tags {
        key
        value
      }
      metrics {
        name
        value
      }
      signature {
        inputs {
          name
          type
        }
        outputs {
          name
          type
        }
      }
      columnLineage {
        ...ColumnOrigin
      }
      generatedBy {
        id
      }
      attributedTo {
        ...AgentName
      }
    }
    ... on CodeVersion {
      namespace
      name
      commit
      dirtyDigest
    }
    ... on HyperparameterSet {
      digest
      parameters
    }
    ... on Environment {
      digest
      values
    }
  }
}
    fragment DatasetSummary on Dataset {
  key
  latestVersion
  createdAt
  aliases {
    alias
    version {
      ... on DatasetVersion {
        key
      }
    }
  }
  tags {
    key
    value
  }
}
fragment ModelSummary on Model {
  key
  latestVersion
  createdAt
  aliases {
    alias
    version {
      ... on ModelVersion {
        key
      }
    }
  }
  tags {
    key
    value
  }
}
fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment ColumnOrigin on ColumnLineage {
  column
  via
  expression
  masking
  from {
    input
    dataset
    column
  }
}
fragment ManifestFiles on FilePage {
  nodes {
    path
    sizeBytes
    digest
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}`) as unknown as TypedDocumentString<NodeQuery, NodeQueryVariables>;
export const DatasetVersionsDocument = new TypedDocumentString(`
    query DatasetVersions($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $dataset: ID, $agent: ID, $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  datasetVersions(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    dataset: $dataset
    agent: $agent
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      id
      key
      digest
      rows
      sizeBytes
      createdAt
      aliases {
        alias
      }
      tags {
        key
        value
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<DatasetVersionsQuery, DatasetVersionsQueryVariables>;
export const ModelVersionsDocument = new TypedDocumentString(`
    query ModelVersions($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $states: [ModelVersionState!], $model: ID, $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  modelVersions(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    states: $states
    model: $model
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      id
      key
      state
      digest
      format
      createdAt
      aliases {
        alias
      }
      tags {
        key
        value
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ModelVersionsQuery, ModelVersionsQueryVariables>;
export const CodeRepositoriesDocument = new TypedDocumentString(`
    query CodeRepositories($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  codeRepositories(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      id
      namespace
      name
      url
      createdAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<CodeRepositoriesQuery, CodeRepositoriesQueryVariables>;
export const CodeVersionsDocument = new TypedDocumentString(`
    query CodeVersions($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $repository: ID, $agent: ID, $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  codeVersions(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    repository: $repository
    agent: $agent
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      id
      namespace
      name
      commit
      dirtyDigest
      createdAt
      attributedTo {
        ...AgentName
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}`) as unknown as TypedDocumentString<CodeVersionsQuery, CodeVersionsQueryVariables>;
export const HyperparameterSetsDocument = new TypedDocumentString(`
    query HyperparameterSets($first: Int, $after: String, $tags: [TagFilterInput!], $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  hyperparameterSets(
    first: $first
    after: $after
    tags: $tags
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      id
      digest
      parameters
      createdAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<HyperparameterSetsQuery, HyperparameterSetsQueryVariables>;
export const EnvironmentsDocument = new TypedDocumentString(`
    query Environments($first: Int, $after: String, $tags: [TagFilterInput!], $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  environments(
    first: $first
    after: $after
    tags: $tags
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      id
      digest
      values
      createdAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<EnvironmentsQuery, EnvironmentsQueryVariables>;
export const AgentsDocument = new TypedDocumentString(`
    query Agents($first: Int, $after: String, $nameContains: String, $kinds: [AgentKind!], $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  agents(
    first: $first
    after: $after
    nameContains: $nameContains
    kinds: $kinds
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      id
      name
      kind
      createdAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<AgentsQuery, AgentsQueryVariables>;
export const ResolveKeyDocument = new TypedDocumentString(`
    query ResolveKey($key: String!, $asOf: DateTime, $knownAt: SafeInt) {
  find(key: $key, asOf: $asOf, knownAt: $knownAt) {
    id
  }
}
    `) as unknown as TypedDocumentString<ResolveKeyQuery, ResolveKeyQueryVariables>;
export const NodeLabelDocument = new TypedDocumentString(`
    query NodeLabel($id: ID!) {
  node(id: $id) {
    ...NodeLabel
  }
}
    fragment NodeLabel on Node {
  __typename
  id
  ... on Agent {
    name
    kind
  }
  ... on Dataset {
    key
  }
  ... on DatasetVersion {
    key
    digest
    rows
    fileCount
    sizeBytes
    source {
      uri
      snapshot
    }
  }
  ... on Model {
    key
  }
  ... on ModelVersion {
    key
    digest
    format
  }
  ... on CodeRepository {
    namespace
    name
  }
  ... on CodeVersion {
    namespace
    name
    commit
    dirtyDigest
  }
  ... on HyperparameterSet {
    digest
    parameters
  }
  ... on Environment {
    digest
    values
  }
  ... on Run {
    runType
    state
    name
    plugin {
      name
      version
    }
    endedAt
  }
  ... on Report {
    reportType
    verdict
    metrics {
      name
      value
    }
  }
  ... on Endpoint {
    key
  }
  ... on UseCase {
    key
    riskTier
  }
  ... on Trigger {
    key
    triggerState: state
  }
  ... on TriggerFiring {
    triggerName: name
    firingState: state
    firedAt
  }
  ... on KpiValue {
    kpi: name
    value
    isMet
    to
  }
  ... on Deployment {
    key
    deploymentState: state
    activatedAt
  }
  ... on Decision {
    decisionType
    reason
    policy
    decidedAt
  }
  ... on Pipeline {
    key
  }
  ... on PipelineVersion {
    key
    digest
  }
  ... on PipelineStep {
    name
    stepType
    stepState: state
  }
  ... on Alert {
    cause: name
    severity
    alertState: state
    message
  }
  ... on Plugin {
    name
    pluginVersion
  }
  ... on Runner {
    name
  }
}`) as unknown as TypedDocumentString<NodeLabelQuery, NodeLabelQueryVariables>;
export const AssetVersionsDocument = new TypedDocumentString(`
    query AssetVersions($id: ID!, $first: Int, $after: String) {
  node(id: $id) {
    ... on Dataset {
      aliases {
        ...NamedVersion
      }
      datasetVersions: versions(first: $first, after: $after) {
        nodes {
          id
          key
          digest
          rows
          fileCount
          sizeBytes
          createdAt
          aliases {
            alias
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
    ... on Model {
      aliases {
        ...NamedVersion
      }
      modelVersions: versions(first: $first, after: $after) {
        nodes {
          id
          key
          digest
          format
          fileCount
          sizeBytes
          createdAt
          aliases {
            alias
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment NamedVersion on Alias {
  alias
  validFrom
  ledgerSeq
  by {
    ...AgentName
  }
  version {
    id
    ... on DatasetVersion {
      key
    }
    ... on ModelVersion {
      key
    }
  }
}`) as unknown as TypedDocumentString<AssetVersionsQuery, AssetVersionsQueryVariables>;
export const DatasetStatisticsDocument = new TypedDocumentString(`
    query DatasetStatistics($id: ID!) {
  node(id: $id) {
    ... on DatasetVersion {
      statistics {
        column
        nulls
        distinctApprox
        min
        max
        mean
        stddev
      }
    }
  }
}
    `) as unknown as TypedDocumentString<DatasetStatisticsQuery, DatasetStatisticsQueryVariables>;
export const PluginByIdDocument = new TypedDocumentString(`
    query PluginById($id: ID!) {
  node(id: $id) {
    ... on Plugin {
      id
      name
      pluginVersion
      digest
      registeredAt
      manifest
    }
  }
}
    `) as unknown as TypedDocumentString<PluginByIdQuery, PluginByIdQueryVariables>;
export const RunnerByIdDocument = new TypedDocumentString(`
    query RunnerById($id: ID!) {
  node(id: $id) {
    ... on Runner {
      id
      name
      plugins
      namespaces
      pools
      enrolledAt
      presence {
        state
        pool
        freeSlots
        plugins
        at
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RunnerByIdQuery, RunnerByIdQueryVariables>;
export const DecideDocument = new TypedDocumentString(`
    mutation Decide($input: DecideInput!, $idempotencyKey: String) {
  decide(input: $input, idempotencyKey: $idempotencyKey) {
    decision {
      ...DecisionFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment DecisionFields on Decision {
  id
  namespace
  decisionType
  reason
  policy
  decidedAt
  expiresAt
  about {
    id
    ... on ModelVersion {
      key
    }
    ... on DatasetVersion {
      key
    }
    ... on Deployment {
      key
    }
  }
  basis {
    node {
      id
    }
  }
  attributedTo {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<DecideMutation, DecideMutationVariables>;
export const CreateEndpointDocument = new TypedDocumentString(`
    mutation CreateEndpoint($input: CreateEndpointInput!, $idempotencyKey: String) {
  createEndpoint(input: $input, idempotencyKey: $idempotencyKey) {
    endpoint {
      ...EndpointFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment EndpointFields on Endpoint {
  id
  key
  latestVersion
  requiresApproval
  wantedDeployment {
    id
    key
    state
  }
  activeDeployment {
    id
    key
    state
  }
}`) as unknown as TypedDocumentString<CreateEndpointMutation, CreateEndpointMutationVariables>;
export const DeployDocument = new TypedDocumentString(`
    mutation Deploy($input: DeployInput!, $idempotencyKey: String) {
  deploy(input: $input, idempotencyKey: $idempotencyKey) {
    endpoint {
      ...EndpointFields
    }
    deployment {
      ...DeploymentFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment EndpointFields on Endpoint {
  id
  key
  latestVersion
  requiresApproval
  wantedDeployment {
    id
    key
    state
  }
  activeDeployment {
    id
    key
    state
  }
}
fragment DeploymentFields on Deployment {
  id
  key
  state
  createdAt
  activatedAt
  endedAt
  restores
  failure {
    type
    message
  }
  serves {
    weight
    mode
    node {
      id
      ... on ModelVersion {
        key
        state
      }
    }
  }
}`) as unknown as TypedDocumentString<DeployMutation, DeployMutationVariables>;
export const RollBackDocument = new TypedDocumentString(`
    mutation RollBack($input: RollBackInput!, $idempotencyKey: String) {
  rollBack(input: $input, idempotencyKey: $idempotencyKey) {
    endpoint {
      ...EndpointFields
    }
    deployment {
      ...DeploymentFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment EndpointFields on Endpoint {
  id
  key
  latestVersion
  requiresApproval
  wantedDeployment {
    id
    key
    state
  }
  activeDeployment {
    id
    key
    state
  }
}
fragment DeploymentFields on Deployment {
  id
  key
  state
  createdAt
  activatedAt
  endedAt
  restores
  failure {
    type
    message
  }
  serves {
    weight
    mode
    node {
      id
      ... on ModelVersion {
        key
        state
      }
    }
  }
}`) as unknown as TypedDocumentString<RollBackMutation, RollBackMutationVariables>;
export const SuspendDeploymentDocument = new TypedDocumentString(`
    mutation SuspendDeployment($input: SuspendDeploymentInput!, $idempotencyKey: String) {
  suspendDeployment(input: $input, idempotencyKey: $idempotencyKey) {
    endpoint {
      ...EndpointFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment EndpointFields on Endpoint {
  id
  key
  latestVersion
  requiresApproval
  wantedDeployment {
    id
    key
    state
  }
  activeDeployment {
    id
    key
    state
  }
}`) as unknown as TypedDocumentString<SuspendDeploymentMutation, SuspendDeploymentMutationVariables>;
export const ResumeDeploymentDocument = new TypedDocumentString(`
    mutation ResumeDeployment($input: SuspendDeploymentInput!, $idempotencyKey: String) {
  resumeDeployment(input: $input, idempotencyKey: $idempotencyKey) {
    endpoint {
      ...EndpointFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment EndpointFields on Endpoint {
  id
  key
  latestVersion
  requiresApproval
  wantedDeployment {
    id
    key
    state
  }
  activeDeployment {
    id
    key
    state
  }
}`) as unknown as TypedDocumentString<ResumeDeploymentMutation, ResumeDeploymentMutationVariables>;
export const EndpointDocument = new TypedDocumentString(`
    query Endpoint($key: String!) {
  endpoint(key: $key) {
    ...EndpointFields
    listensAt
    versions {
      nodes {
        ...DeploymentFields
      }
    }
  }
}
    fragment EndpointFields on Endpoint {
  id
  key
  latestVersion
  requiresApproval
  wantedDeployment {
    id
    key
    state
  }
  activeDeployment {
    id
    key
    state
  }
}
fragment DeploymentFields on Deployment {
  id
  key
  state
  createdAt
  activatedAt
  endedAt
  restores
  failure {
    type
    message
  }
  serves {
    weight
    mode
    node {
      id
      ... on ModelVersion {
        key
        state
      }
    }
  }
}`) as unknown as TypedDocumentString<EndpointQuery, EndpointQueryVariables>;
export const EndpointByIdDocument = new TypedDocumentString(`
    query EndpointById($id: ID!, $first: Int) {
  node(id: $id) {
    __typename
    ... on Endpoint {
      ...EndpointFields
      listensAt
      createdAt
      versions(first: $first) {
        nodes {
          ...DeploymentFields
        }
      }
    }
  }
}
    fragment EndpointFields on Endpoint {
  id
  key
  latestVersion
  requiresApproval
  wantedDeployment {
    id
    key
    state
  }
  activeDeployment {
    id
    key
    state
  }
}
fragment DeploymentFields on Deployment {
  id
  key
  state
  createdAt
  activatedAt
  endedAt
  restores
  failure {
    type
    message
  }
  serves {
    weight
    mode
    node {
      id
      ... on ModelVersion {
        key
        state
      }
    }
  }
}`) as unknown as TypedDocumentString<EndpointByIdQuery, EndpointByIdQueryVariables>;
export const DeploymentByIdDocument = new TypedDocumentString(`
    query DeploymentById($id: ID!) {
  node(id: $id) {
    __typename
    ... on Deployment {
      ...DeploymentFields
    }
  }
}
    fragment DeploymentFields on Deployment {
  id
  key
  state
  createdAt
  activatedAt
  endedAt
  restores
  failure {
    type
    message
  }
  serves {
    weight
    mode
    node {
      id
      ... on ModelVersion {
        key
        state
      }
    }
  }
}`) as unknown as TypedDocumentString<DeploymentByIdQuery, DeploymentByIdQueryVariables>;
export const DecisionByIdDocument = new TypedDocumentString(`
    query DecisionById($id: ID!) {
  node(id: $id) {
    __typename
    ... on Decision {
      ...DecisionFields
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment DecisionFields on Decision {
  id
  namespace
  decisionType
  reason
  policy
  decidedAt
  expiresAt
  about {
    id
    ... on ModelVersion {
      key
    }
    ... on DatasetVersion {
      key
    }
    ... on Deployment {
      key
    }
  }
  basis {
    node {
      id
    }
  }
  attributedTo {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<DecisionByIdQuery, DecisionByIdQueryVariables>;
export const DecisionsOnDocument = new TypedDocumentString(`
    query DecisionsOn($id: ID!, $first: Int) {
  node(id: $id) {
    ... on ModelVersion {
      decisions(first: $first) {
        nodes {
          ...DecisionFields
        }
      }
    }
    ... on DatasetVersion {
      decisions(first: $first) {
        nodes {
          ...DecisionFields
        }
      }
    }
    ... on Deployment {
      decisions(first: $first) {
        nodes {
          ...DecisionFields
        }
      }
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment DecisionFields on Decision {
  id
  namespace
  decisionType
  reason
  policy
  decidedAt
  expiresAt
  about {
    id
    ... on ModelVersion {
      key
    }
    ... on DatasetVersion {
      key
    }
    ... on Deployment {
      key
    }
  }
  basis {
    node {
      id
    }
  }
  attributedTo {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<DecisionsOnQuery, DecisionsOnQueryVariables>;
export const EndpointsDocument = new TypedDocumentString(`
    query Endpoints($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $agent: ID, $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  endpoints(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    agent: $agent
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      ...EndpointFields
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment EndpointFields on Endpoint {
  id
  key
  latestVersion
  requiresApproval
  wantedDeployment {
    id
    key
    state
  }
  activeDeployment {
    id
    key
    state
  }
}`) as unknown as TypedDocumentString<EndpointsQuery, EndpointsQueryVariables>;
export const DeploymentDocument = new TypedDocumentString(`
    query Deployment($key: String!) {
  deployment(key: $key) {
    ...DeploymentFields
    decisions {
      nodes {
        ...DecisionFields
      }
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment DecisionFields on Decision {
  id
  namespace
  decisionType
  reason
  policy
  decidedAt
  expiresAt
  about {
    id
    ... on ModelVersion {
      key
    }
    ... on DatasetVersion {
      key
    }
    ... on Deployment {
      key
    }
  }
  basis {
    node {
      id
    }
  }
  attributedTo {
    ...AgentName
  }
}
fragment DeploymentFields on Deployment {
  id
  key
  state
  createdAt
  activatedAt
  endedAt
  restores
  failure {
    type
    message
  }
  serves {
    weight
    mode
    node {
      id
      ... on ModelVersion {
        key
        state
      }
    }
  }
}`) as unknown as TypedDocumentString<DeploymentQuery, DeploymentQueryVariables>;
export const DeploymentsDocument = new TypedDocumentString(`
    query Deployments($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $states: [DeploymentState!], $endpoint: ID, $agent: ID, $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  deployments(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    states: $states
    endpoint: $endpoint
    agent: $agent
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      ...DeploymentFields
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment DeploymentFields on Deployment {
  id
  key
  state
  createdAt
  activatedAt
  endedAt
  restores
  failure {
    type
    message
  }
  serves {
    weight
    mode
    node {
      id
      ... on ModelVersion {
        key
        state
      }
    }
  }
}`) as unknown as TypedDocumentString<DeploymentsQuery, DeploymentsQueryVariables>;
export const DecisionsDocument = new TypedDocumentString(`
    query Decisions($first: Int, $after: String, $namespace: String, $tags: [TagFilterInput!], $decisionTypes: [DecisionType!], $about: ID, $agent: ID, $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  decisions(
    first: $first
    after: $after
    namespace: $namespace
    tags: $tags
    decisionTypes: $decisionTypes
    about: $about
    agent: $agent
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      ...DecisionFields
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment DecisionFields on Decision {
  id
  namespace
  decisionType
  reason
  policy
  decidedAt
  expiresAt
  about {
    id
    ... on ModelVersion {
      key
    }
    ... on DatasetVersion {
      key
    }
    ... on Deployment {
      key
    }
  }
  basis {
    node {
      id
    }
  }
  attributedTo {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<DecisionsQuery, DecisionsQueryVariables>;
export const InferenceDocument = new TypedDocumentString(`
    query Inference($id: String!) {
  inference(id: $id) {
    id
    at
    deployment {
      ...DeploymentFields
      decisions {
        nodes {
          ...DecisionFields
        }
      }
    }
    model {
      __typename
      id
      ... on ModelVersion {
        key
        state
        decisions {
          nodes {
            ...DecisionFields
          }
        }
      }
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment DecisionFields on Decision {
  id
  namespace
  decisionType
  reason
  policy
  decidedAt
  expiresAt
  about {
    id
    ... on ModelVersion {
      key
    }
    ... on DatasetVersion {
      key
    }
    ... on Deployment {
      key
    }
  }
  basis {
    node {
      id
    }
  }
  attributedTo {
    ...AgentName
  }
}
fragment DeploymentFields on Deployment {
  id
  key
  state
  createdAt
  activatedAt
  endedAt
  restores
  failure {
    type
    message
  }
  serves {
    weight
    mode
    node {
      id
      ... on ModelVersion {
        key
        state
      }
    }
  }
}`) as unknown as TypedDocumentString<InferenceQuery, InferenceQueryVariables>;
export const RecordLabelsDocument = new TypedDocumentString(`
    mutation RecordLabels($input: RecordLabelsInput!, $idempotencyKey: String) {
  recordLabels(input: $input, idempotencyKey: $idempotencyKey) {
    stored
    userErrors {
      code
      path
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RecordLabelsMutation, RecordLabelsMutationVariables>;
export const NodeHistoryDocument = new TypedDocumentString(`
    query NodeHistory($id: ID!, $first: Int, $after: String) {
  nodeHistory(id: $id, first: $first, after: $after) {
    nodes {
      ledgerSeq
      recordedAt
      type
      by {
        id
        ... on Agent {
          name
        }
        ... on Runner {
          name
        }
      }
      fields {
        field
        before {
          value
          isErased
        }
        after {
          value
          isErased
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<NodeHistoryQuery, NodeHistoryQueryVariables>;
export const LedgerDocument = new TypedDocumentString(`
    query Ledger {
  ledger {
    ledgerId
    size
    checkpoint
    verifierKey
    readOnly
  }
}
    `) as unknown as TypedDocumentString<LedgerQuery, LedgerQueryVariables>;
export const LedgerEntriesDocument = new TypedDocumentString(`
    query LedgerEntries($first: Int, $after: SafeInt, $types: [String!]) {
  ledgerEntries(first: $first, after: $after, types: $types) {
    entries {
      seq
      type
      version
      recordedAt
      by
      payload
      leafHash
    }
    endSeq
    hasMore
  }
}
    `) as unknown as TypedDocumentString<LedgerEntriesQuery, LedgerEntriesQueryVariables>;
export const LedgerProofDocument = new TypedDocumentString(`
    query LedgerProof($seq: SafeInt!) {
  ledgerProof(seq: $seq) {
    seq
    leafHash
    size
    root
    path
    checkpoint
  }
}
    `) as unknown as TypedDocumentString<LedgerProofQuery, LedgerProofQueryVariables>;
export const LedgerConsistencyDocument = new TypedDocumentString(`
    query LedgerConsistency($first: SafeInt!, $second: SafeInt!) {
  ledgerConsistency(first: $first, second: $second) {
    first
    second
    path
    checkpoint
  }
}
    `) as unknown as TypedDocumentString<LedgerConsistencyQuery, LedgerConsistencyQueryVariables>;
export const VerifyLedgerDocument = new TypedDocumentString(`
    query VerifyLedger($records: Boolean! = true) {
  verifyLedger(records: $records) {
    ok
    entries
    root
    firstFault {
      seq
      reason
    }
    records {
      ok
      entries
      rows
      firstFault {
        table
        id
        field
        seq
        reason
      }
    }
  }
}
    `) as unknown as TypedDocumentString<VerifyLedgerQuery, VerifyLedgerQueryVariables>;
export const LedgerVerificationDocument = new TypedDocumentString(`
    query LedgerVerification {
  ledgerVerification {
    isRunning
    entries
    size
  }
}
    `) as unknown as TypedDocumentString<LedgerVerificationQuery, LedgerVerificationQueryVariables>;
export const FollowersDocument = new TypedDocumentString(`
    query Followers {
  followers {
    name
    seq
    halted
  }
}
    `) as unknown as TypedDocumentString<FollowersQuery, FollowersQueryVariables>;
export const RebuildGraphDocument = new TypedDocumentString(`
    mutation RebuildGraph {
  rebuildGraph {
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<RebuildGraphMutation, RebuildGraphMutationVariables>;
export const FollowLedgerDocument = new TypedDocumentString(`
    subscription FollowLedger($after: SafeInt, $types: [String!]) {
  ledgerEntries(after: $after, types: $types) {
    seq
    type
    version
    recordedAt
    by
    payload
    leafHash
  }
}
    `) as unknown as TypedDocumentString<FollowLedgerSubscription, FollowLedgerSubscriptionVariables>;
export const DocumentOfLedgerDocument = new TypedDocumentString(`
    query DocumentOfLedger($digest: String!) {
  ledgerDocument(digest: $digest)
}
    `) as unknown as TypedDocumentString<DocumentOfLedgerQuery, DocumentOfLedgerQueryVariables>;
export const LineageDocument = new TypedDocumentString(`
    query Lineage($node: ID!, $direction: LineageDirection, $follow: [ArrowFamily!], $maxDepth: Int, $asOf: DateTime, $knownAt: SafeInt, $minSeq: SafeInt, $first: Int, $after: String) {
  lineage(
    node: $node
    direction: $direction
    follow: $follow
    maxDepth: $maxDepth
    asOf: $asOf
    knownAt: $knownAt
    minSeq: $minSeq
    first: $first
    after: $after
  ) {
    edges {
      cursor
      depth
      via {
        arrow
        role
        nearer
      }
      node {
        ...NodeLabel
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    isPartial
    reasons
    ledgerSeq
  }
}
    fragment NodeLabel on Node {
  __typename
  id
  ... on Agent {
    name
    kind
  }
  ... on Dataset {
    key
  }
  ... on DatasetVersion {
    key
    digest
    rows
    fileCount
    sizeBytes
    source {
      uri
      snapshot
    }
  }
  ... on Model {
    key
  }
  ... on ModelVersion {
    key
    digest
    format
  }
  ... on CodeRepository {
    namespace
    name
  }
  ... on CodeVersion {
    namespace
    name
    commit
    dirtyDigest
  }
  ... on HyperparameterSet {
    digest
    parameters
  }
  ... on Environment {
    digest
    values
  }
  ... on Run {
    runType
    state
    name
    plugin {
      name
      version
    }
    endedAt
  }
  ... on Report {
    reportType
    verdict
    metrics {
      name
      value
    }
  }
  ... on Endpoint {
    key
  }
  ... on UseCase {
    key
    riskTier
  }
  ... on Trigger {
    key
    triggerState: state
  }
  ... on TriggerFiring {
    triggerName: name
    firingState: state
    firedAt
  }
  ... on KpiValue {
    kpi: name
    value
    isMet
    to
  }
  ... on Deployment {
    key
    deploymentState: state
    activatedAt
  }
  ... on Decision {
    decisionType
    reason
    policy
    decidedAt
  }
  ... on Pipeline {
    key
  }
  ... on PipelineVersion {
    key
    digest
  }
  ... on PipelineStep {
    name
    stepType
    stepState: state
  }
  ... on Alert {
    cause: name
    severity
    alertState: state
    message
  }
  ... on Plugin {
    name
    pluginVersion
  }
  ... on Runner {
    name
  }
}`) as unknown as TypedDocumentString<LineageQuery, LineageQueryVariables>;
export const LineageCountsDocument = new TypedDocumentString(`
    query LineageCounts($node: ID!, $direction: LineageDirection, $follow: [ArrowFamily!], $maxDepth: Int, $minSeq: SafeInt) {
  lineageCounts(
    node: $node
    direction: $direction
    follow: $follow
    maxDepth: $maxDepth
    minSeq: $minSeq
  ) {
    byType {
      type
      count
    }
    total
    isPartial
    reasons
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<LineageCountsQuery, LineageCountsQueryVariables>;
export const LineagePathsDocument = new TypedDocumentString(`
    query LineagePaths($from: ID!, $to: ID!, $minSeq: SafeInt) {
  lineagePaths(from: $from, to: $to, minSeq: $minSeq) {
    nodes {
      __typename
      id
    }
    arrows
  }
}
    `) as unknown as TypedDocumentString<LineagePathsQuery, LineagePathsQueryVariables>;
export const ColumnUsesDocument = new TypedDocumentString(`
    query ColumnUses($dataset: ID!, $column: String!, $first: Int, $after: String, $minSeq: SafeInt) {
  columnUses(
    dataset: $dataset
    column: $column
    first: $first
    after: $after
    minSeq: $minSeq
  ) {
    edges {
      node {
        ...NodeLabel
      }
      featureCount
      features {
        name
        steps {
          version {
            id
            ... on DatasetVersion {
              key
            }
            ... on ModelVersion {
              key
            }
          }
          column
          via
          expression
          masking
        }
      }
    }
    untold {
      ...NodeLabel
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    isPartial
    reasons
    ledgerSeq
  }
}
    fragment NodeLabel on Node {
  __typename
  id
  ... on Agent {
    name
    kind
  }
  ... on Dataset {
    key
  }
  ... on DatasetVersion {
    key
    digest
    rows
    fileCount
    sizeBytes
    source {
      uri
      snapshot
    }
  }
  ... on Model {
    key
  }
  ... on ModelVersion {
    key
    digest
    format
  }
  ... on CodeRepository {
    namespace
    name
  }
  ... on CodeVersion {
    namespace
    name
    commit
    dirtyDigest
  }
  ... on HyperparameterSet {
    digest
    parameters
  }
  ... on Environment {
    digest
    values
  }
  ... on Run {
    runType
    state
    name
    plugin {
      name
      version
    }
    endedAt
  }
  ... on Report {
    reportType
    verdict
    metrics {
      name
      value
    }
  }
  ... on Endpoint {
    key
  }
  ... on UseCase {
    key
    riskTier
  }
  ... on Trigger {
    key
    triggerState: state
  }
  ... on TriggerFiring {
    triggerName: name
    firingState: state
    firedAt
  }
  ... on KpiValue {
    kpi: name
    value
    isMet
    to
  }
  ... on Deployment {
    key
    deploymentState: state
    activatedAt
  }
  ... on Decision {
    decisionType
    reason
    policy
    decidedAt
  }
  ... on Pipeline {
    key
  }
  ... on PipelineVersion {
    key
    digest
  }
  ... on PipelineStep {
    name
    stepType
    stepState: state
  }
  ... on Alert {
    cause: name
    severity
    alertState: state
    message
  }
  ... on Plugin {
    name
    pluginVersion
  }
  ... on Runner {
    name
  }
}`) as unknown as TypedDocumentString<ColumnUsesQuery, ColumnUsesQueryVariables>;
export const PersonalDataDocument = new TypedDocumentString(`
    query PersonalData($agent: ID!) {
  personalData(agent: $agent) {
    seq
    path
    digest
    salt
    value
  }
}
    `) as unknown as TypedDocumentString<PersonalDataQuery, PersonalDataQueryVariables>;
export const FindAgentsDocument = new TypedDocumentString(`
    query FindAgents($name: String!, $after: String) {
  search(text: $name, first: 500, after: $after) {
    nodes {
      __typename
      id
      ... on Agent {
        name
        kind
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<FindAgentsQuery, FindAgentsQueryVariables>;
export const ErasePersonalDataDocument = new TypedDocumentString(`
    mutation ErasePersonalData($input: ErasePersonalDataInput!, $idempotencyKey: String) {
  erasePersonalData(input: $input, idempotencyKey: $idempotencyKey) {
    agent {
      id
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<ErasePersonalDataMutation, ErasePersonalDataMutationVariables>;
export const PublishPipelineVersionDocument = new TypedDocumentString(`
    mutation PublishPipelineVersion($input: PublishPipelineVersionInput!, $idempotencyKey: String) {
  publishPipelineVersion(input: $input, idempotencyKey: $idempotencyKey) {
    pipelineVersion {
      ...PipelineVersionFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment PipelineVersionFields on PipelineVersion {
  id
  key
  version
  digest
  createdAt
  attributedTo {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<PublishPipelineVersionMutation, PublishPipelineVersionMutationVariables>;
export const StartPipelineDocument = new TypedDocumentString(`
    mutation StartPipeline($input: StartPipelineInput!, $idempotencyKey: String) {
  startPipeline(input: $input, idempotencyKey: $idempotencyKey) {
    run {
      id
      state
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<StartPipelineMutation, StartPipelineMutationVariables>;
export const RerunPipelineDocument = new TypedDocumentString(`
    mutation RerunPipeline($input: RerunPipelineInput!, $idempotencyKey: String) {
  rerunPipeline(input: $input, idempotencyKey: $idempotencyKey) {
    run {
      id
      state
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<RerunPipelineMutation, RerunPipelineMutationVariables>;
export const PipelineDocument = new TypedDocumentString(`
    query Pipeline($key: String!, $first: Int) {
  pipeline(key: $key) {
    id
    key
    latestVersion
    createdAt
    versions(first: $first) {
      nodes {
        ...PipelineVersionFields
      }
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment PipelineVersionFields on PipelineVersion {
  id
  key
  version
  digest
  createdAt
  attributedTo {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<PipelineQuery, PipelineQueryVariables>;
export const PipelineByIdDocument = new TypedDocumentString(`
    query PipelineById($id: ID!, $first: Int) {
  node(id: $id) {
    __typename
    ... on Pipeline {
      id
      key
      latestVersion
      createdAt
      versions(first: $first) {
        nodes {
          ...PipelineVersionFields
        }
      }
    }
    ... on PipelineVersion {
      ...PipelineVersionFields
      definition
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment PipelineVersionFields on PipelineVersion {
  id
  key
  version
  digest
  createdAt
  attributedTo {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<PipelineByIdQuery, PipelineByIdQueryVariables>;
export const PipelineVersionDocument = new TypedDocumentString(`
    query PipelineVersion($key: String!) {
  pipelineVersion(key: $key) {
    ...PipelineVersionFields
    definition
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment PipelineVersionFields on PipelineVersion {
  id
  key
  version
  digest
  createdAt
  attributedTo {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<PipelineVersionQuery, PipelineVersionQueryVariables>;
export const PipelinesDocument = new TypedDocumentString(`
    query Pipelines($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  pipelines(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      id
      key
      latestVersion
      createdAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<PipelinesQuery, PipelinesQueryVariables>;
export const PipelineVersionsDocument = new TypedDocumentString(`
    query PipelineVersions($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $pipeline: ID, $agent: ID, $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  pipelineVersions(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    pipeline: $pipeline
    agent: $agent
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      ...PipelineVersionFields
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment PipelineVersionFields on PipelineVersion {
  id
  key
  version
  digest
  createdAt
  attributedTo {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<PipelineVersionsQuery, PipelineVersionsQueryVariables>;
export const PipelineRunDocument = new TypedDocumentString(`
    query PipelineRun($id: ID!) {
  node(id: $id) {
    ... on Run {
      id
      state
      whyWaiting
      failure {
        type
        message
      }
      steps {
        ...PipelineStepFields
      }
    }
  }
}
    fragment PipelineStepFields on PipelineStep {
  id
  name
  stepType
  state
  needs
  startedAt
  endedAt
  failure {
    type
    message
  }
  run {
    id
    state
    plugin {
      name
      version
    }
    whyWaiting
    outputs {
      role
      node {
        ...VersionKey
      }
    }
  }
  report {
    id
    verdict
  }
  decision {
    id
    decisionType
    policy
  }
  deployment {
    id
    key
    state
  }
  reusedFrom {
    id
    pipelineRun {
      id
    }
  }
}
fragment VersionKey on Node {
  id
  ... on DatasetVersion {
    key
  }
  ... on ModelVersion {
    key
  }
  ... on PipelineVersion {
    key
  }
}`) as unknown as TypedDocumentString<PipelineRunQuery, PipelineRunQueryVariables>;
export const PublishDatasetVersionDocument = new TypedDocumentString(`
    mutation PublishDatasetVersion($input: PublishDatasetVersionInput!, $idempotencyKey: String) {
  publishDatasetVersion(input: $input, idempotencyKey: $idempotencyKey) {
    datasetVersion {
      id
      key
      digest
      rows
      fileCount
      sizeBytes
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<PublishDatasetVersionMutation, PublishDatasetVersionMutationVariables>;
export const RecordCodeVersionDocument = new TypedDocumentString(`
    mutation RecordCodeVersion($input: RecordCodeVersionInput!, $idempotencyKey: String) {
  recordCodeVersion(input: $input, idempotencyKey: $idempotencyKey) {
    codeVersion {
      id
      name
      commit
      dirtyDigest
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<RecordCodeVersionMutation, RecordCodeVersionMutationVariables>;
export const RecordHyperparameterSetDocument = new TypedDocumentString(`
    mutation RecordHyperparameterSet($input: RecordHyperparameterSetInput!, $idempotencyKey: String) {
  recordHyperparameterSet(input: $input, idempotencyKey: $idempotencyKey) {
    hyperparameterSet {
      id
      digest
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<RecordHyperparameterSetMutation, RecordHyperparameterSetMutationVariables>;
export const RecordEnvironmentDocument = new TypedDocumentString(`
    mutation RecordEnvironment($input: RecordEnvironmentInput!, $idempotencyKey: String) {
  recordEnvironment(input: $input, idempotencyKey: $idempotencyKey) {
    environment {
      id
      digest
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<RecordEnvironmentMutation, RecordEnvironmentMutationVariables>;
export const RecordRunDocument = new TypedDocumentString(`
    mutation RecordRun($input: RecordRunInput!, $idempotencyKey: String) {
  recordRun(input: $input, idempotencyKey: $idempotencyKey) {
    run {
      id
      state
      outputs {
        role
        node {
          id
        }
      }
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<RecordRunMutation, RecordRunMutationVariables>;
export const RegisterPluginDocument = new TypedDocumentString(`
    mutation RegisterPlugin($input: RegisterPluginInput!, $idempotencyKey: String) {
  registerPlugin(input: $input, idempotencyKey: $idempotencyKey) {
    plugin {
      id
      name
      pluginVersion
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<RegisterPluginMutation, RegisterPluginMutationVariables>;
export const ClaimRunDocument = new TypedDocumentString(`
    mutation ClaimRun($input: ClaimRunInput!, $idempotencyKey: String) {
  claimRun(input: $input, idempotencyKey: $idempotencyKey) {
    run {
      id
      namespace
      runType
      seed
      plugin {
        name
        version
      }
      inputs {
        role
        node {
          id
          ... on DatasetVersion {
            key
            digest
            schema {
              name
              type
              nullable
            }
            files(first: 500) {
              ...ManifestFiles
            }
          }
          ... on ModelVersion {
            key
            digest
            signature {
              inputs {
                name
                type
              }
              outputs {
                name
                type
              }
            }
            files(first: 500) {
              ...ManifestFiles
            }
          }
          ... on HyperparameterSet {
            parameters
          }
        }
      }
    }
    attempt
    token
    leaseMs
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    fragment ManifestFiles on FilePage {
  nodes {
    path
    sizeBytes
    digest
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}`) as unknown as TypedDocumentString<ClaimRunMutation, ClaimRunMutationVariables>;
export const StartRunDocument = new TypedDocumentString(`
    mutation StartRun($input: StartRunInput!, $idempotencyKey: String) {
  startRun(input: $input, idempotencyKey: $idempotencyKey) {
    run {
      id
      state
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<StartRunMutation, StartRunMutationVariables>;
export const FinishRunDocument = new TypedDocumentString(`
    mutation FinishRun($input: FinishRunInput!, $idempotencyKey: String) {
  finishRun(input: $input, idempotencyKey: $idempotencyKey) {
    run {
      id
      state
      outputs {
        role
        node {
          id
        }
      }
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<FinishRunMutation, FinishRunMutationVariables>;
export const VersionFilesDocument = new TypedDocumentString(`
    query VersionFiles($version: ID!, $after: String) {
  node(id: $version) {
    ... on DatasetVersion {
      files(first: 500, after: $after) {
        ...ManifestFiles
      }
    }
    ... on ModelVersion {
      files(first: 500, after: $after) {
        ...ManifestFiles
      }
    }
  }
}
    fragment ManifestFiles on FilePage {
  nodes {
    path
    sizeBytes
    digest
  }
  pageInfo {
    hasNextPage
    endCursor
  }
}`) as unknown as TypedDocumentString<VersionFilesQuery, VersionFilesQueryVariables>;
export const AttemptStateDocument = new TypedDocumentString(`
    query AttemptState($run: ID!) {
  node(id: $run) {
    ... on Run {
      id
      state
      attempts {
        attempt
        state
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AttemptStateQuery, AttemptStateQueryVariables>;
export const ReadableNodeDocument = new TypedDocumentString(`
    query ReadableNode($node: ID!) {
  node(id: $node) {
    id
  }
}
    `) as unknown as TypedDocumentString<ReadableNodeQuery, ReadableNodeQueryVariables>;
export const ReportDeploymentDocument = new TypedDocumentString(`
    mutation ReportDeployment($input: ReportDeploymentInput!, $idempotencyKey: String) {
  reportDeployment(input: $input, idempotencyKey: $idempotencyKey) {
    endpoint {
      id
    }
    deployment {
      id
      state
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<ReportDeploymentMutation, ReportDeploymentMutationVariables>;
export const ServedByRunDocument = new TypedDocumentString(`
    query ServedByRun($run: ID!) {
  node(id: $run) {
    ... on Run {
      id
      state
      endpoint {
        id
        key
        wantedDeployment {
          ...ServedDeployment
        }
        activeDeployment {
          ...ServedDeployment
        }
      }
    }
  }
}
    fragment ServedDeployment on Deployment {
  id
  key
  version
  state
  serves {
    weight
    mode
    node {
      id
      ... on ModelVersion {
        key
        digest
        state
        format
        signature {
          inputs {
            name
            type
          }
          outputs {
            name
            type
          }
        }
      }
    }
  }
}`) as unknown as TypedDocumentString<ServedByRunQuery, ServedByRunQueryVariables>;
export const AddReportDocument = new TypedDocumentString(`
    mutation AddReport($input: AddReportInput!, $idempotencyKey: String) {
  addReport(input: $input, idempotencyKey: $idempotencyKey) {
    report {
      id
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
  }
}
    `) as unknown as TypedDocumentString<AddReportMutation, AddReportMutationVariables>;
export const RaiseAlertDocument = new TypedDocumentString(`
    mutation RaiseAlert($input: RaiseAlertInput!, $idempotencyKey: String) {
  raiseAlert(input: $input, idempotencyKey: $idempotencyKey) {
    alert {
      id
      namespace
      name
      state
      severity
      message
      episode
      occurrences
      evidence {
        node {
          id
        }
      }
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<RaiseAlertMutation, RaiseAlertMutationVariables>;
export const OpenObservationsDocument = new TypedDocumentString(`
    mutation OpenObservations($input: OpenObservationsInput!) {
  openObservations(input: $input) {
    endpoint
    consumer
    stream
    after
    kept
    userErrors {
      code
      path
      message
    }
  }
}
    `) as unknown as TypedDocumentString<OpenObservationsMutation, OpenObservationsMutationVariables>;
export const SettleObservationsDocument = new TypedDocumentString(`
    mutation SettleObservations($input: SettleObservationsInput!) {
  settleObservations(input: $input) {
    seq
    userErrors {
      code
      path
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SettleObservationsMutation, SettleObservationsMutationVariables>;
export const SubmitRunDocument = new TypedDocumentString(`
    mutation SubmitRun($input: SubmitRunInput!, $idempotencyKey: String) {
  submitRun(input: $input, idempotencyKey: $idempotencyKey) {
    run {
      id
      state
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<SubmitRunMutation, SubmitRunMutationVariables>;
export const CancelRunDocument = new TypedDocumentString(`
    mutation CancelRun($input: CancelRunInput!, $idempotencyKey: String) {
  cancelRun(input: $input, idempotencyKey: $idempotencyKey) {
    run {
      id
      state
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<CancelRunMutation, CancelRunMutationVariables>;
export const RunDocument = new TypedDocumentString(`
    query Run($id: ID!) {
  node(id: $id) {
    ... on Run {
      id
      namespace
      name
      runType
      state
      whyWaiting
      plugin {
        name
        version
      }
      seed
      attributedTo {
        ...AgentName
      }
      queuedAt
      startedAt
      endedAt
      measurementsComplete
      failure {
        type
        message
        retryable
      }
      attempts {
        attempt
        state
        runner
        claimedAt
        startedAt
        endedAt
        failure {
          type
          message
        }
      }
      inputs {
        role
        node {
          ...VersionKey
          ... on CodeVersion {
            name
            commit
          }
          ... on HyperparameterSet {
            parameters
          }
          ... on Environment {
            values
          }
        }
      }
      outputs {
        role
        node {
          id
          ... on DatasetVersion {
            key
            digest
          }
          ... on ModelVersion {
            key
            digest
            format
            metrics {
              name
              value
            }
          }
          ... on Report {
            reportType
            verdict
            metrics {
              name
              value
            }
          }
        }
      }
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment VersionKey on Node {
  id
  ... on DatasetVersion {
    key
  }
  ... on ModelVersion {
    key
  }
  ... on PipelineVersion {
    key
  }
}`) as unknown as TypedDocumentString<RunQuery, RunQueryVariables>;
export const RunsDocument = new TypedDocumentString(`
    query Runs($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $states: [RunState!], $runTypes: [RunType!], $kinds: [RunKind!], $plugin: String, $agent: ID, $triggeredBy: ID, $orderBy: NodeOrder, $since: DateTime, $until: DateTime, $parameters: [ParameterFilterInput!], $metrics: [MetricFilterInput!]) {
  runs(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    states: $states
    runTypes: $runTypes
    kinds: $kinds
    plugin: $plugin
    agent: $agent
    triggeredBy: $triggeredBy
    orderBy: $orderBy
    since: $since
    until: $until
    parameters: $parameters
    metrics: $metrics
  ) {
    nodes {
      id
      namespace
      name
      runType
      state
      plugin {
        name
        version
      }
      queuedAt
      endedAt
      whyWaiting
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<RunsQuery, RunsQueryVariables>;
export const RunMetricsDocument = new TypedDocumentString(`
    query RunMetrics($id: ID!, $name: String, $first: Int, $after: SafeInt) {
  node(id: $id) {
    ... on Run {
      metricPoints(name: $name, first: $first, after: $after) {
        name
        step
        value
        attempt
        n
        at
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RunMetricsQuery, RunMetricsQueryVariables>;
export const RunLogsDocument = new TypedDocumentString(`
    query RunLogs($id: ID!, $attempt: Int, $first: Int, $after: String) {
  node(id: $id) {
    ... on Run {
      logs(attempt: $attempt, first: $first, after: $after) {
        nodes {
          attempt
          n
          at
          level
          text
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RunLogsQuery, RunLogsQueryVariables>;
export const ReportsDocument = new TypedDocumentString(`
    query Reports($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $reportTypes: [ReportType!], $verdicts: [Verdict!], $about: ID, $run: ID, $plugin: String, $orderBy: NodeOrder, $since: DateTime, $until: DateTime, $metrics: [MetricFilterInput!], $orderByMetric: MetricOrderInput, $withMetrics: Boolean = false) {
  reports(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    reportTypes: $reportTypes
    verdicts: $verdicts
    about: $about
    run: $run
    plugin: $plugin
    orderBy: $orderBy
    since: $since
    until: $until
    metrics: $metrics
    orderByMetric: $orderByMetric
  ) {
    nodes {
      metrics @include(if: $withMetrics) {
        name
        value
      }
      id
      namespace
      reportType
      verdict
      about {
        role
        node {
          ...VersionKey
        }
      }
      createdAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment VersionKey on Node {
  id
  ... on DatasetVersion {
    key
  }
  ... on ModelVersion {
    key
  }
  ... on PipelineVersion {
    key
  }
}`) as unknown as TypedDocumentString<ReportsQuery, ReportsQueryVariables>;
export const BestModelVersionsDocument = new TypedDocumentString(`
    query BestModelVersions($model: String!, $metric: MetricOrderInput!, $first: Int, $after: String) {
  model(key: $model) {
    best(metric: $metric, first: $first, after: $after) {
      edges {
        value
        node {
          id
          key
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<BestModelVersionsQuery, BestModelVersionsQueryVariables>;
export const ReportDocument = new TypedDocumentString(`
    query Report($id: ID!) {
  node(id: $id) {
    ... on Report {
      id
      reportType
      verdict
      createdAt
      metrics {
        name
        value
      }
      slices {
        where {
          column
          value
        }
        count
        metrics {
          name
          value
        }
        intervals {
          name
          low
          high
        }
      }
      anomalies {
        type
        column
        severity
        message
        count
      }
      drift {
        feature
        where {
          column
          value
        }
        method
        definition
        value
        pValue
        adjustedPValue
        floor
        importance
        referenceCount
        currentCount
        outcome
      }
      rules {
        rule
        kind
        metric
        where {
          column
          value
        }
        value
        low
        high
        count
        bound
        pValue
        adjustedPValue
        outcome
        message
      }
      run {
        id
      }
      about {
        role
        node {
          ...VersionKey
        }
      }
    }
  }
}
    fragment VersionKey on Node {
  id
  ... on DatasetVersion {
    key
  }
  ... on ModelVersion {
    key
  }
  ... on PipelineVersion {
    key
  }
}`) as unknown as TypedDocumentString<ReportQuery, ReportQueryVariables>;
export const FollowRunDocument = new TypedDocumentString(`
    subscription FollowRun($run: ID!, $after: String) {
  runEvents(run: $run, after: $after) {
    cursor
    at
    attempt
    n
    event {
      ... on RunProgress {
        fraction
        message
      }
      ... on RunLog {
        level
        message
      }
      ... on RunMetric {
        name
        step
        value
      }
      ... on RunStateChange {
        state
        failure {
          type
          message
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FollowRunSubscription, FollowRunSubscriptionVariables>;
export const SetAliasDocument = new TypedDocumentString(`
    mutation SetAlias($input: SetAliasInput!, $idempotencyKey: String) {
  setAlias(input: $input, idempotencyKey: $idempotencyKey) {
    alias
    asset {
      id
    }
    version {
      id
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<SetAliasMutation, SetAliasMutationVariables>;
export const DeleteAliasDocument = new TypedDocumentString(`
    mutation DeleteAlias($input: DeleteAliasInput!, $idempotencyKey: String) {
  deleteAlias(input: $input, idempotencyKey: $idempotencyKey) {
    alias
    asset {
      id
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<DeleteAliasMutation, DeleteAliasMutationVariables>;
export const SetTagDocument = new TypedDocumentString(`
    mutation SetTag($input: SetTagInput!, $idempotencyKey: String) {
  setTag(input: $input, idempotencyKey: $idempotencyKey) {
    key
    node {
      id
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<SetTagMutation, SetTagMutationVariables>;
export const DeleteTagDocument = new TypedDocumentString(`
    mutation DeleteTag($input: DeleteTagInput!, $idempotencyKey: String) {
  deleteTag(input: $input, idempotencyKey: $idempotencyKey) {
    key
    node {
      id
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<DeleteTagMutation, DeleteTagMutationVariables>;
export const CreateTriggerDocument = new TypedDocumentString(`
    mutation CreateTrigger($input: CreateTriggerInput!, $idempotencyKey: String) {
  createTrigger(input: $input, idempotencyKey: $idempotencyKey) {
    trigger {
      ...TriggerFields
    }
    secret
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment TriggerFields on Trigger {
  id
  key
  namespace
  name
  state
  definition
  createdAt
  author {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<CreateTriggerMutation, CreateTriggerMutationVariables>;
export const ChangeTriggerDocument = new TypedDocumentString(`
    mutation ChangeTrigger($input: ChangeTriggerInput!, $idempotencyKey: String) {
  changeTrigger(input: $input, idempotencyKey: $idempotencyKey) {
    trigger {
      ...TriggerFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment TriggerFields on Trigger {
  id
  key
  namespace
  name
  state
  definition
  createdAt
  author {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<ChangeTriggerMutation, ChangeTriggerMutationVariables>;
export const SetTriggerStateDocument = new TypedDocumentString(`
    mutation SetTriggerState($input: SetTriggerStateInput!, $idempotencyKey: String) {
  setTriggerState(input: $input, idempotencyKey: $idempotencyKey) {
    trigger {
      ...TriggerFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment TriggerFields on Trigger {
  id
  key
  namespace
  name
  state
  definition
  createdAt
  author {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<SetTriggerStateMutation, SetTriggerStateMutationVariables>;
export const FireTriggerDocument = new TypedDocumentString(`
    mutation FireTrigger($input: FireTriggerInput!, $idempotencyKey: String) {
  fireTrigger(input: $input, idempotencyKey: $idempotencyKey) {
    firing {
      ...TriggerFiringFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment TriggerFiringFields on TriggerFiring {
  id
  state
  cause
  occasion
  message
  firedAt
  reactedAt
  endedAt
  reactions {
    reaction
    led
    error
  }
  causedBy {
    node {
      id
    }
  }
  onBehalfOf {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<FireTriggerMutation, FireTriggerMutationVariables>;
export const TriggerDocument = new TypedDocumentString(`
    query Trigger($key: String!, $first: Int) {
  trigger(key: $key) {
    ...TriggerFields
    firings(first: $first) {
      nodes {
        ...TriggerFiringFields
      }
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment TriggerFields on Trigger {
  id
  key
  namespace
  name
  state
  definition
  createdAt
  author {
    ...AgentName
  }
}
fragment TriggerFiringFields on TriggerFiring {
  id
  state
  cause
  occasion
  message
  firedAt
  reactedAt
  endedAt
  reactions {
    reaction
    led
    error
  }
  causedBy {
    node {
      id
    }
  }
  onBehalfOf {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<TriggerQuery, TriggerQueryVariables>;
export const TriggerByIdDocument = new TypedDocumentString(`
    query TriggerById($id: ID!, $first: Int) {
  node(id: $id) {
    __typename
    ... on Trigger {
      ...TriggerFields
      firings(first: $first) {
        nodes {
          ...TriggerFiringFields
        }
      }
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment TriggerFields on Trigger {
  id
  key
  namespace
  name
  state
  definition
  createdAt
  author {
    ...AgentName
  }
}
fragment TriggerFiringFields on TriggerFiring {
  id
  state
  cause
  occasion
  message
  firedAt
  reactedAt
  endedAt
  reactions {
    reaction
    led
    error
  }
  causedBy {
    node {
      id
    }
  }
  onBehalfOf {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<TriggerByIdQuery, TriggerByIdQueryVariables>;
export const TriggersDocument = new TypedDocumentString(`
    query Triggers($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $states: [TriggerState!], $agent: ID, $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  triggers(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    states: $states
    agent: $agent
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      ...TriggerFields
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment TriggerFields on Trigger {
  id
  key
  namespace
  name
  state
  definition
  createdAt
  author {
    ...AgentName
  }
}`) as unknown as TypedDocumentString<TriggersQuery, TriggersQueryVariables>;
export const CreateUseCaseDocument = new TypedDocumentString(`
    mutation CreateUseCase($input: CreateUseCaseInput!, $idempotencyKey: String) {
  createUseCase(input: $input, idempotencyKey: $idempotencyKey) {
    useCase {
      ...UseCaseFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment UseCaseFields on UseCase {
  id
  key
  namespace
  name
  state
  purpose
  riskTier
  replaces
  nextReviewAt
  createdAt
  owner {
    ...AgentName
  }
  kpis {
    name
    unit
    direction
    target
    baseline
  }
}`) as unknown as TypedDocumentString<CreateUseCaseMutation, CreateUseCaseMutationVariables>;
export const ChangeUseCaseDocument = new TypedDocumentString(`
    mutation ChangeUseCase($input: ChangeUseCaseInput!, $idempotencyKey: String) {
  changeUseCase(input: $input, idempotencyKey: $idempotencyKey) {
    useCase {
      ...UseCaseFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment UseCaseFields on UseCase {
  id
  key
  namespace
  name
  state
  purpose
  riskTier
  replaces
  nextReviewAt
  createdAt
  owner {
    ...AgentName
  }
  kpis {
    name
    unit
    direction
    target
    baseline
  }
}`) as unknown as TypedDocumentString<ChangeUseCaseMutation, ChangeUseCaseMutationVariables>;
export const SetUseCaseDocument = new TypedDocumentString(`
    mutation SetUseCase($input: SetUseCaseInput!, $idempotencyKey: String) {
  setUseCase(input: $input, idempotencyKey: $idempotencyKey) {
    node {
      __typename
      id
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    `) as unknown as TypedDocumentString<SetUseCaseMutation, SetUseCaseMutationVariables>;
export const RecordKpiDocument = new TypedDocumentString(`
    mutation RecordKpi($input: RecordKpiInput!, $idempotencyKey: String) {
  recordKpi(input: $input, idempotencyKey: $idempotencyKey) {
    kpiValue {
      ...KpiValueFields
    }
    userErrors {
      code
      path
      message
    }
    ledgerSeq
    projected
  }
}
    fragment KpiValueFields on KpiValue {
  id
  name
  value
  unit
  target
  direction
  baseline
  isMet
  from
  to
  source
  recordedAt
}`) as unknown as TypedDocumentString<RecordKpiMutation, RecordKpiMutationVariables>;
export const UseCaseDocument = new TypedDocumentString(`
    query UseCase($key: String!) {
  useCase(key: $key) {
    ...UseCaseFields
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment UseCaseFields on UseCase {
  id
  key
  namespace
  name
  state
  purpose
  riskTier
  replaces
  nextReviewAt
  createdAt
  owner {
    ...AgentName
  }
  kpis {
    name
    unit
    direction
    target
    baseline
  }
}`) as unknown as TypedDocumentString<UseCaseQuery, UseCaseQueryVariables>;
export const UseCaseByIdDocument = new TypedDocumentString(`
    query UseCaseById($id: ID!, $first: Int) {
  node(id: $id) {
    __typename
    ... on UseCase {
      ...UseCaseFields
      attributedTo {
        ...AgentName
      }
      models(first: $first) {
        nodes {
          id
          key
        }
      }
      endpoints(first: $first) {
        nodes {
          id
          key
        }
      }
      kpiValues(first: $first) {
        nodes {
          ...KpiValueFields
        }
      }
      alerts(first: $first) {
        nodes {
          ...AlertFields
        }
      }
    }
  }
}
    fragment AlertFields on Alert {
  id
  namespace
  name
  state
  severity
  message
  episode
  occurrences
  firstAt
  lastAt
  acknowledgedAt
  resolvedAt
  resolution
  about {
    id
    ... on Deployment {
      key
    }
    ... on ModelVersion {
      key
    }
    ... on DatasetVersion {
      key
    }
    ... on UseCase {
      key
    }
  }
  evidence {
    node {
      id
    }
  }
}
fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment UseCaseFields on UseCase {
  id
  key
  namespace
  name
  state
  purpose
  riskTier
  replaces
  nextReviewAt
  createdAt
  owner {
    ...AgentName
  }
  kpis {
    name
    unit
    direction
    target
    baseline
  }
}
fragment KpiValueFields on KpiValue {
  id
  name
  value
  unit
  target
  direction
  baseline
  isMet
  from
  to
  source
  recordedAt
}`) as unknown as TypedDocumentString<UseCaseByIdQuery, UseCaseByIdQueryVariables>;
export const UseCasesDocument = new TypedDocumentString(`
    query UseCases($first: Int, $after: String, $namespace: String, $nameContains: String, $tags: [TagFilterInput!], $states: [UseCaseState!], $riskTiers: [RiskTier!], $owner: ID, $agent: ID, $orderBy: NodeOrder, $since: DateTime, $until: DateTime) {
  useCases(
    first: $first
    after: $after
    namespace: $namespace
    nameContains: $nameContains
    tags: $tags
    states: $states
    riskTiers: $riskTiers
    owner: $owner
    agent: $agent
    orderBy: $orderBy
    since: $since
    until: $until
  ) {
    nodes {
      ...UseCaseFields
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment UseCaseFields on UseCase {
  id
  key
  namespace
  name
  state
  purpose
  riskTier
  replaces
  nextReviewAt
  createdAt
  owner {
    ...AgentName
  }
  kpis {
    name
    unit
    direction
    target
    baseline
  }
}`) as unknown as TypedDocumentString<UseCasesQuery, UseCasesQueryVariables>;
export const InventoryDocument = new TypedDocumentString(`
    query Inventory($first: Int, $after: String, $namespaces: [String!], $riskTiers: [RiskTier!], $states: [UseCaseState!], $owner: ID, $reviewOverdue: Boolean) {
  inventory(
    first: $first
    after: $after
    namespaces: $namespaces
    riskTiers: $riskTiers
    states: $states
    owner: $owner
    reviewOverdue: $reviewOverdue
  ) {
    rows {
      useCase {
        ...UseCaseFields
      }
      isReviewOverdue
      models {
        id
        key
      }
      versionsInService {
        id
        key
      }
      endpoints {
        id
        key
      }
      deployments {
        id
        key
      }
      kpis {
        kpi {
          name
          unit
          direction
          target
          baseline
        }
        last {
          id
          value
          isMet
          from
          to
        }
      }
      openAlerts {
        id
        name
        severity
      }
      openAlertCount
    }
    isComplete
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment AgentName on Node {
  id
  ... on Agent {
    name
  }
  ... on Runner {
    name
  }
}
fragment UseCaseFields on UseCase {
  id
  key
  namespace
  name
  state
  purpose
  riskTier
  replaces
  nextReviewAt
  createdAt
  owner {
    ...AgentName
  }
  kpis {
    name
    unit
    direction
    target
    baseline
  }
}`) as unknown as TypedDocumentString<InventoryQuery, InventoryQueryVariables>;
export const UnassignedDeploymentsDocument = new TypedDocumentString(`
    query UnassignedDeployments($namespaces: [String!], $first: Int, $after: String) {
  unassignedDeployments(namespaces: $namespaces, first: $first, after: $after) {
    nodes {
      ...DeploymentFields
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment DeploymentFields on Deployment {
  id
  key
  state
  createdAt
  activatedAt
  endedAt
  restores
  failure {
    type
    message
  }
  serves {
    weight
    mode
    node {
      id
      ... on ModelVersion {
        key
        state
      }
    }
  }
}`) as unknown as TypedDocumentString<UnassignedDeploymentsQuery, UnassignedDeploymentsQueryVariables>;