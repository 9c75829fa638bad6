import type { Verdict } from "@clew/schema";
import {
  AddReportDocument,
  CreateEndpointDocument,
  DecideDocument,
  DeployDocument,
  ReportDeploymentDocument,
  StartRunDocument,
} from "@clew/schema/graphql";
import type { ReachableServer } from "./answer.ts";
import { aModel, anAttempt, aPlugin, aQueuedRun } from "./builders.ts";
import { aModelOutput, aProject, aStartedPipeline, stepOf, stepsBecome, workOn } from "./pipelines.ts";
import { unique } from "./server.ts";

/** An endpoint that serves a champion, a monitor of it, and steps that try a challenger beside it. */
export async function aTrial(server: ReachableServer) {
  const { namespace, train, inputs, model } = await aProject(server);
  const endpoint = `${namespace}/live`;
  const champion = await aModel(server, { namespace, name: "champion" });
  await server.gql(CreateEndpointDocument, { input: { namespace, name: "live" } });
  const approval = { about: champion.id, decisionType: "APPROVAL" as const, reason: "the first" };
  await server.gql(DecideDocument, { input: approval });
  const serves = [{ modelVersion: champion.id }];
  const { data } = await server.gql(DeployDocument, { input: { endpoint, serves, reason: "the first" } });
  await isServed(server, data!.deploy.deployment!.id);
  const shadow = {
    type: "deploy",
    endpoint,
    serves: [{ model: { input: "champion" } }, { model, mode: "SHADOW" }],
  };
  const watch = { type: "watch", deployment: "shadow", about: model };
  const decide = {
    type: "decide",
    about: model,
    requires: [{ step: "watch", output: "report" }],
    otherwise: "REJECTION",
  };
  const promote = { type: "deploy", endpoint, serves: [{ model }], after: ["decide"] };
  const champions = { champion: { type: "ModelVersion", default: champion.key } };
  return {
    namespace,
    endpoint,
    champion,
    monitor: await aMonitor(server, namespace, endpoint),
    inputs: { ...inputs, ...champions },
    steps: { train, shadow, watch, decide, promote },
  };
}
export type Trial = Awaited<ReturnType<typeof aTrial>>;

export async function aMonitor(server: ReachableServer, namespace: string, endpoint: string) {
  const plugin = await aPlugin(server, { kind: "service", runType: "MONITORING", inputs: {}, outputs: {} });
  const run = await aQueuedRun(server, { namespace, plugin: plugin.name, endpoint });
  const { token } = await anAttempt(server, run);
  await server.gql(StartRunDocument, { input: { run, attempt: 1, environment: { os: "linux" } } }, token);
  return { run, token };
}

export const isServed = (server: ReachableServer, deployment: string) =>
  server.gql(ReportDeploymentDocument, { input: { deployment } });

/** The run once the challenger answers in the shadow, and what a monitor tells of then. */
export async function aWatchedRun(
  server: ReachableServer,
  { namespace, inputs, steps }: Pick<Trial, "namespace" | "inputs"> & { readonly steps: object },
) {
  const run = await aStartedPipeline(server, { inputs, steps }, namespace);
  const trained = await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
  await stepsBecome(server, run, { shadow: "RUNNING" });
  const deployment = (await stepOf(server, run, "shadow")).deployment!.id;
  await isServed(server, deployment);
  await stepsBecome(server, run, { shadow: "SUCCEEDED", watch: "RUNNING" });
  const challenger = (await stepOf(server, run, "train")).run!.outputs[0]!.node.id;
  return { run, trained, deployment, challenger };
}

interface Told {
  readonly about: readonly string[];
  readonly reportType?: "EVALUATION" | "DRIFT";
  readonly verdict?: Verdict;
  /** What the rule `better` came to. */
  readonly better?: Verdict;
}

/** What the monitor has found out: answers the report's id. */
export async function tell(server: ReachableServer, { run, token }: Trial["monitor"], told: Told): Promise<string> {
  const { about, reportType = "EVALUATION", verdict, better } = told;
  const rule = { rule: "better", kind: "BETTER_THAN_BASELINE" as const, metric: "auc", bound: 0, message: "told" };
  const rules = better === undefined ? [] : [{ ...rule, outcome: better }];
  const said = { reportType, verdict: verdict ?? null, metrics: [], rules };
  const input = { run, attempt: 1, name: unique("window"), about: [...about], ...said };
  const { data, text } = await server.gql(AddReportDocument, { input }, token);
  if (!data?.addReport.report) throw new Error(text);
  return data.addReport.report.id;
}
