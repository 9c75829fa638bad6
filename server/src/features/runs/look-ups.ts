import { NodeId } from "@clew/schema";
import { type NodeOf, nodeOf } from "../../core/define-node.ts";
import { nodeValue } from "../../graphql/node-value.ts";
import { firstUnseen, mayRead } from "../../graphql/loaders.ts";
import { can, type Principal } from "../../graphql/principal.ts";
import { refuse, type UserError } from "../../ledger/command.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { findByKey, findNodes } from "../catalog/index.ts";
import { findPlugin, Runner } from "../runners/index.ts";
import { Run } from "./run.node.ts";
import { inputOf, type SubmitLookups, type SubmitRun } from "./submit-run.ts";

export async function lookUpRun(reader: NodeReader, id: string): Promise<NodeOf<typeof Run> | null> {
  const [state] = await reader.byIds([id]);
  return state?.type === Run.name ? nodeOf(Run, state) : null;
}

/** The roles that a run's plugin must make something under. */
export async function requiredOutputs(reader: NodeReader, { plugin }: NodeOf<typeof Run>): Promise<string[]> {
  const manifest = plugin && (await findPlugin(reader, plugin.name, plugin.version));
  return Object.entries(manifest?.outputs ?? {}).flatMap(([role, { required }]) => (required ? [role] : []));
}

/** Whether this is an enrolled runner that may run the run's plugin in its pool. Its namespaces are in its token's grants. */
export async function isInScope(reader: NodeReader, runnerId: string, run: NodeOf<typeof Run>): Promise<boolean> {
  const [state] = await reader.byIds([runnerId]);
  if (state?.type !== Runner.name || run.plugin === null) return false;
  const { plugins, pools } = nodeOf(Runner, state);
  const has = (scope: readonly string[], name: string) => scope.includes("*") || scope.includes(name);
  return has(plugins, run.plugin.name) && has(pools, run.pool);
}

/** Finds the plugin and the input versions that a submission names, or says which it could not find. */
export async function lookUpSubmit(
  reader: NodeReader,
  principal: Principal,
  input: SubmitRun,
): Promise<SubmitLookups | { errors: UserError[] }> {
  const manifest = await findPlugin(reader, input.plugin, input.pluginVersion);
  if (manifest === null) {
    const version = input.pluginVersion ? ` ${input.pluginVersion}` : "";
    return refuse(
      "PLUGIN_UNKNOWN",
      ["plugin"],
      `no runner has offered the plugin ${input.plugin}${version}; start one that hosts it`,
    );
  }
  if (input.code !== null && (await firstUnseen(reader, principal, [input.code])) === 0) return noCode(input.code);
  const found = await Promise.all(
    input.inputs.map(({ role, node }) =>
      findVersion(reader, principal, inputOf(manifest, role)?.type ?? "DatasetVersion", node),
    ),
  );
  const missing = found.findIndex((id) => id === null);
  if (missing >= 0) return noVersion(missing, input.inputs[missing]!.node);
  const causes = [...input.triggeredBy, ...input.requires, ...(input.partOf === null ? [] : [input.partOf])];
  const unseen = await firstUnseen(reader, principal, causes);
  if (unseen >= 0) return noCause(input, unseen);
  const endpoint = input.endpoint === null ? null : await findEndpoint(reader, principal, input.endpoint);
  if (endpoint === undefined) return refuse("UNKNOWN_NODE", ["endpoint"], `there is no endpoint ${input.endpoint}`);
  return { manifest, inputIds: found.flatMap((id) => id ?? []), endpoint };
}

/** The id of the endpoint, where the caller may write: what serves it speaks for it. */
async function findEndpoint(reader: NodeReader, principal: Principal, text: string): Promise<string | undefined> {
  const endpoint = (await findNodes(reader, principal, text)).find(({ type }) => type === "Endpoint");
  const mayServe = endpoint !== undefined && can(principal, "CONTRIBUTOR", endpoint.attributes["namespace"] as string);
  return mayServe ? endpoint.id : undefined;
}

function noCause({ triggeredBy, requires, partOf }: SubmitRun, position: number) {
  const named = [
    ...triggeredBy.map((id, index) => ({ id, path: ["triggeredBy", String(index)] })),
    ...requires.map((id, index) => ({ id, path: ["requires", String(index)] })),
    { id: partOf, path: ["partOf"] },
  ];
  const { id, path } = named[position]!;
  return refuse("UNKNOWN_NODE", path, `there is no ${id}`);
}

function noVersion(position: number, node: string) {
  return refuse("UNKNOWN_NODE", ["inputs", String(position), "node"], `no version ${node}`);
}

function noCode(code: string) {
  return refuse("UNKNOWN_NODE", ["code"], `no CodeVersion ${code}`);
}

async function findVersion(
  reader: NodeReader,
  principal: Principal,
  type: "DatasetVersion" | "ModelVersion",
  node: string,
): Promise<string | null> {
  const state = NodeId.safeParse(node).success
    ? (await reader.byIds([node]))[0]
    : await findByKey(reader, type === "DatasetVersion" ? "Dataset" : "Model", node);
  return state && mayRead(principal, nodeValue(state)) ? state.id : null;
}
