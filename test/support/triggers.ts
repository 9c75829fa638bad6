import {
  CreateEndpointDocument,
  CreateTriggerDocument,
  DeployDocument,
  RaiseAlertDocument,
  ReportDeploymentDocument,
  TriggerDocument,
  type TriggerFiringFieldsFragment,
} from "@clew/schema/graphql";
import { expect, vi } from "vitest";
import type { ReachableServer } from "./answer.ts";
import { aModel } from "./builders.ts";
import { unique } from "./server.ts";

export const soon = <Value>(check: () => Value | Promise<Value>) =>
  vi.waitFor(check, { timeout: 15_000, interval: 20 });

export interface BuiltTrigger {
  readonly id: string;
  readonly key: string;
  readonly secret: string | null;
}

/** Makes a trigger; throws what it is refused for. */
export async function aTrigger(
  server: ReachableServer,
  namespace: string,
  definition: object,
  { token, name = unique("trigger") }: { token?: string; name?: string } = {},
): Promise<BuiltTrigger> {
  const input = { namespace, name, definition: definition as never };
  const { data, text } = await server.gql(CreateTriggerDocument, { input }, token);
  const { trigger, secret } = data?.createTrigger ?? {};
  if (!trigger) throw new Error(text);
  return { id: trigger.id, key: trigger.key, secret: secret ?? null };
}

/** Its firings, the oldest first. */
export async function firingsOf(server: ReachableServer, key: string): Promise<TriggerFiringFieldsFragment[]> {
  const { data } = await server.gql(TriggerDocument, { key, first: 100 });
  return data!.trigger!.firings.nodes.toReversed();
}

/** Its firings once there are so many that have been dealt with, or wait. */
export function firings(server: ReachableServer, key: string, count: number): Promise<TriggerFiringFieldsFragment[]> {
  return soon(async () => {
    const found = await firingsOf(server, key);
    expect(found.filter(({ state, reactedAt }) => reactedAt !== null || state === "QUEUED")).toHaveLength(count);
    return found;
  });
}

/** Deploys a revision, and says that it is served: answers its id. */
export async function serve(
  server: ReachableServer,
  endpoint: string,
  serves: { modelVersion: string; mode?: "SHADOW" }[],
): Promise<string> {
  const input = { endpoint, serves, reason: "try" };
  const deployment = (await server.gql(DeployDocument, { input })).data!.deploy.deployment!.id;
  await server.gql(ReportDeploymentDocument, { input: { deployment } });
  return deployment;
}

/** An endpoint that has served one revision after the other, each another model version. */
export async function aServedEndpoint(server: ReachableServer, namespace: string, revisions = 1) {
  const name = unique("live");
  const endpoint = `${namespace}/${name}`;
  await server.gql(CreateEndpointDocument, { input: { namespace, name, requiresApproval: false } });
  let deployment = "";
  for (let n = 0; n < revisions; n++) {
    const { id: modelVersion } = await aModel(server, { namespace });
    deployment = await serve(server, endpoint, [{ modelVersion }]);
  }
  return { endpoint, deployment };
}

export async function raise(server: ReachableServer, about: string, change: object = {}): Promise<string> {
  const input = { about, cause: "drift:temp", message: "temp has moved", ...change };
  const { data, text } = await server.gql(RaiseAlertDocument, { input });
  if (!data?.raiseAlert.alert) throw new Error(text);
  return data.raiseAlert.alert.id;
}
