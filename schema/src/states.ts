import { z } from "zod";

/** What a run does; a run is a PROV activity. EXPORT gives a model another form, which derives from it. EXTERNAL runs happened outside Clew and were told to it. */
export const RunType = z
  .enum([
    "TRAINING",
    "EVALUATION",
    "VALIDATION",
    "PREPARATION",
    "TUNING",
    "SCORING",
    "EXPORT",
    "SERVING",
    "MONITORING",
    "PIPELINE",
    "EXTERNAL",
  ])
  .meta({ id: "RunType" });
export type RunType = z.infer<typeof RunType>;

/** TASK: ends by itself. SERVICE: kept alive on one runner or another until it is cancelled; each replica is a run of its own. */
export const RunKind = z.enum(["TASK", "SERVICE"]).meta({ id: "RunKind" });
export type RunKind = z.infer<typeof RunKind>;

export const RunState = z
  .enum(["QUEUED", "LEASED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"])
  .meta({ id: "RunState" });
export type RunState = z.infer<typeof RunState>;

/** A run in one of these states never changes again. */
export const FINAL_RUN_STATES: ReadonlySet<RunState> = new Set(["SUCCEEDED", "FAILED", "CANCELLED"]);

/** LOST: the lease ran out, so another attempt may begin; what a lost attempt still says is kept as an orphan. */
export const AttemptState = z
  .enum(["LEASED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED", "LOST"])
  .meta({ id: "AttemptState" });
export type AttemptState = z.infer<typeof AttemptState>;

export const ReportType = z.enum(["EVALUATION", "DATA_VALIDATION", "DRIFT"]).meta({ id: "ReportType" });
export type ReportType = z.infer<typeof ReportType>;

export const Verdict = z.enum(["PASS", "FAIL", "NOT_ENOUGH_DATA"]).meta({ id: "Verdict" });
export type Verdict = z.infer<typeof Verdict>;

/** May a model version go live? SUSPENDED: it was allowed to, and a person has stopped it. */
export const ModelVersionState = z
  .enum(["PENDING", "APPROVED", "REJECTED", "SUSPENDED"])
  .meta({ id: "ModelVersionState" });
export type ModelVersionState = z.infer<typeof ModelVersionState>;

/**
 * PENDING: wanted, and not yet served. ACTIVE: what the endpoint serves. SUPERSEDED: another revision has taken over, or was wanted before
 * this one was served. FAILED: it could not be served; what was active stays.
 */
export const DeploymentState = z
  .enum(["PENDING", "ACTIVE", "SUPERSEDED", "FAILED", "SUSPENDED"])
  .meta({ id: "DeploymentState" });
export type DeploymentState = z.infer<typeof DeploymentState>;

/** LIVE: answers requests. SHADOW: gets a copy of them, and its answers are recorded only. */
export const TrafficMode = z.enum(["LIVE", "SHADOW"]).meta({ id: "TrafficMode" });
export type TrafficMode = z.infer<typeof TrafficMode>;

/** What a person or a policy has decided of a version or a deployment. RESUMPTION lifts a suspension. */
export const DecisionType = z
  .enum(["APPROVAL", "REJECTION", "PROMOTION", "SUSPENSION", "RESUMPTION", "ROLLBACK", "EXEMPTION"])
  .meta({ id: "DecisionType" });
export type DecisionType = z.infer<typeof DecisionType>;

/** What a step of a pipeline does. */
export const PipelineStepType = z
  .enum(["RUN", "DECIDE", "ASK", "DEPLOY", "WATCH", "WITHDRAW"])
  .meta({ id: "PipelineStepType" });
export type PipelineStepType = z.infer<typeof PipelineStepType>;

/**
 * WAITING: for other steps. RUNNING: for its run, for a person, for an endpoint, or for a report. REUSED: an earlier result stands for it. SKIPPED: another
 * step had failed before it began, or, of a withdrawal, there was nothing to withdraw. CANCELLED: the pipeline run was.
 */
export const PipelineStepState = z
  .enum(["WAITING", "RUNNING", "SUCCEEDED", "REUSED", "FAILED", "SKIPPED", "CANCELLED"])
  .meta({ id: "PipelineStepState" });
export type PipelineStepState = z.infer<typeof PipelineStepState>;

export const AlertSeverity = z.enum(["WARNING", "CRITICAL"]).meta({ id: "AlertSeverity" });
export type AlertSeverity = z.infer<typeof AlertSeverity>;

/** OPEN: wants a reaction. ACKNOWLEDGED: somebody looks at it. RESOLVED: the cause is gone; should it come back, that is a new alert. */
export const AlertState = z.enum(["OPEN", "ACKNOWLEDGED", "RESOLVED"]).meta({ id: "AlertState" });
export type AlertState = z.infer<typeof AlertState>;

/** PROPOSED: not yet in use. RETIRED: no longer. */
export const UseCaseState = z.enum(["PROPOSED", "ACTIVE", "RETIRED"]).meta({ id: "UseCaseState" });
export type UseCaseState = z.infer<typeof UseCaseState>;

/** The risk of a use as Regulation (EU) 2024/1689, the AI Act, tells it apart: UNACCEPTABLE is forbidden (Art. 5), HIGH has duties (Art. 6), LIMITED must be told to people (Art. 50). */
export const RiskTier = z.enum(["MINIMAL", "LIMITED", "HIGH", "UNACCEPTABLE"]).meta({ id: "RiskTier" });
export type RiskTier = z.infer<typeof RiskTier>;

/** How a webhook is told: the announcement of an entry as JSON, a message as Slack's incoming webhooks take it, or a mail. */
export const WebhookFormat = z.enum(["JSON", "SLACK", "EMAIL"]).meta({ id: "WebhookFormat" });
export type WebhookFormat = z.infer<typeof WebhookFormat>;

export const TriggerState = z.enum(["ENABLED", "DISABLED"]).meta({ id: "TriggerState" });
export type TriggerState = z.infer<typeof TriggerState>;

/**
 * FIRED: its reactions are done. SKIPPED: they are not, because of what is under way. QUEUED: they wait for it. EXHAUSTED: the same cause
 * has fired as often as it may. FAILED: a reaction could not be done.
 */
export const FiringState = z.enum(["FIRED", "SKIPPED", "QUEUED", "EXHAUSTED", "FAILED"]).meta({ id: "FiringState" });
export type FiringState = z.infer<typeof FiringState>;

/** Roles are per namespace; each includes what stands before it, except RUNNER, which may only claim and report. */
export const Role = z.enum(["VIEWER", "CONTRIBUTOR", "RUNNER", "APPROVER", "ADMIN"]).meta({ id: "Role" });
export type Role = z.infer<typeof Role>;
