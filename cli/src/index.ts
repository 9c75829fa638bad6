/** What a script of one's own may use: the client, and what the commands do, without a terminal. */
export { awaitRun, type MetricPoint, readMetrics, readRun, type RunNode } from "./await-run.ts";
export { accepted, ClewClient } from "./client.ts";
export { codeStateOf, NO_COMMIT, recordCode, type RecordedCode } from "./code-version.ts";
export { CliError, NoServerError, UsageError } from "./errors.ts";
export { detailsOf } from "./lineage/node-details.ts";
export { renderTree } from "./lineage/render-tree.ts";
export { type Trace, traceFrom, type TraceOptions } from "./lineage/trace.ts";
export { profileFiles, type TableProfile } from "./profile-files.ts";
export { type PublishedVersion, publishFiles, type PublishOptions } from "./publish.ts";
export { evaluationTable } from "./show/evaluation-table.ts";
export { readReport, type ReportNode } from "./show/report-node.ts";
export { reportLines } from "./show/show-report.ts";
export { awaitInStep, submitRun } from "./submit-run.ts";
export { table } from "./terminal/columns.ts";
export { bytes, count, plural } from "./terminal/format.ts";
export { type Io, processIo } from "./terminal/io.ts";
export { type Paint, paintFor } from "./terminal/paint.ts";
export { type Step, type StepLog, stepLog } from "./terminal/steps.ts";
