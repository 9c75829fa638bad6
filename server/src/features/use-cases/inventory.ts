import type { NodeOf } from "../../core/define-node.ts";
import { nodeOf } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";
import { attributeIs, eachNode, type NodeFilter, type NodeReader } from "../../ports/node-reader.ts";
import { Alert } from "../alerts/index.ts";
import { Model } from "../catalog/index.ts";
import { Deployment, Endpoint } from "../deployments/index.ts";
import { UseCase } from "./use-case.node.ts";

/** Models, endpoints and alerts of a page that are looked at: the newest. */
const FOUND_MAX = 5_000;
/** Deployments that are served now, of the whole company. */
const SERVED_MAX = 10_000;
const PAGE = 500;
/** Alerts that a row shows. */
const ALERTS_SHOWN = 20;
/** Deployments without a use case that are shown. */
const UNASSIGNED_SHOWN = 100;

/** Ids of what stands beside one use case. */
export interface InventoryIds {
  readonly useCase: NodeOf<typeof UseCase>;
  readonly models: readonly string[];
  /** Versions of its models that are served, or that its endpoints serve. */
  readonly versionsInService: readonly string[];
  /** Those that are for it, and those that serve a version of its models. */
  readonly endpoints: readonly string[];
  readonly deployments: readonly string[];
  readonly alerts: readonly string[];
  readonly alertCount: number;
}

export interface InventoryPage {
  readonly rows: readonly InventoryIds[];
  /** Deployments that are served now for no use case: neither the endpoint is for one, nor a model that it serves. */
  readonly unassigned: readonly string[];
  readonly unassignedCount: number;
  /** False where there was more than is looked at. */
  readonly isComplete: boolean;
}

type Namespaces = NodeFilter["namespaces"];

/**
 * What stands beside these use cases, and what is served for none, in a handful of reads however many they are.
 * @param namespaces that the caller may read; null is every one.
 * @param asked those of which it is to be told what is served for no use case.
 */
export async function inventoryOf(
  reader: NodeReader,
  useCases: readonly NodeState[],
  namespaces: Namespaces,
  asked: Namespaces,
): Promise<InventoryPage> {
  const ids = useCases.map(({ id }) => id);
  const [models, endpoints, served] = await Promise.all([
    reader.list(ofUseCases(Model, ids, namespaces), "NEWEST", null, FOUND_MAX),
    reader.list(ofUseCases(Endpoint, ids, namespaces), "NEWEST", null, FOUND_MAX),
    servedNow(reader, useCases.length === 0 ? asked : namespaces),
  ]);
  const versions = await modelsOf(reader, served);
  const ofAsked = served.filter(({ namespace }) => asked?.includes(namespace) ?? true);
  const unassigned = await withoutUseCase(reader, ofAsked, versions);
  const rows = useCases.map((useCase) => rowOf(useCase, { models, endpoints, served, versions }));
  const subjects = rows.flatMap((row) => subjectsOf(row));
  const alerts = await reader.list(openAlerts(subjects, namespaces), "NEWEST", null, FOUND_MAX);
  const isComplete =
    [models, endpoints, alerts].every(({ length }) => length < FOUND_MAX) && served.length < SERVED_MAX;
  return {
    rows: rows.map((row) => ({ ...row, ...alertsOf(row, alerts) })),
    unassigned: unassigned.slice(0, UNASSIGNED_SHOWN),
    unassignedCount: unassigned.length,
    isComplete,
  };
}

function ofUseCases(definition: typeof Model | typeof Endpoint, ids: readonly string[], namespaces: Namespaces) {
  return { types: [definition.name], namespaces, attributes: [attributeIs(definition, "useCase", ids)] };
}

function openAlerts(subjects: readonly string[], namespaces: Namespaces): NodeFilter {
  return { types: [Alert.name], namespaces, states: ["OPEN", "ACKNOWLEDGED"], parents: [...new Set(subjects)] };
}

type DeploymentNode = NodeOf<typeof Deployment>;

async function servedNow(reader: NodeReader, namespaces: Namespaces): Promise<DeploymentNode[]> {
  const served: DeploymentNode[] = [];
  const filter = { types: [Deployment.name], namespaces, states: ["ACTIVE"] };
  for await (const state of eachNode(reader, filter, "NEWEST", PAGE)) {
    served.push(nodeOf(Deployment, state));
    if (served.length >= SERVED_MAX) break;
  }
  return served;
}

/** The model of each version that is served, by the version's id. */
async function modelsOf(reader: NodeReader, served: readonly DeploymentNode[]): Promise<ReadonlyMap<string, string>> {
  const versions = await reader.byIds([...new Set(served.flatMap(({ serves }) => serves.map(({ id }) => id)))]);
  return new Map(versions.map(({ id, parent }) => [id, parent ?? ""]));
}

async function withoutUseCase(
  reader: NodeReader,
  served: readonly DeploymentNode[],
  versions: ReadonlyMap<string, string>,
): Promise<string[]> {
  const behind = ({ endpoint, serves }: DeploymentNode) => [
    endpoint,
    ...serves.map((version) => versions.get(version.id) ?? ""),
  ];
  const things = await reader.byIds([...new Set(served.flatMap(behind))]);
  const assigned = new Set(things.flatMap(({ id, attributes }) => (attributes["useCase"] == null ? [] : [id])));
  return served.filter((one) => !behind(one).some((id) => assigned.has(id))).map(({ id }) => id);
}

interface Found {
  readonly models: readonly NodeState[];
  readonly endpoints: readonly NodeState[];
  readonly served: readonly DeploymentNode[];
  readonly versions: ReadonlyMap<string, string>;
}

type Row = Omit<InventoryIds, "alerts" | "alertCount">;

function rowOf(state: NodeState, { models, endpoints, served, versions }: Found): Row {
  const isForIt = ({ attributes }: NodeState) => attributes["useCase"] === state.id;
  const ownModels = new Set(models.filter(isForIt).map(({ id }) => id));
  const ownEndpoints = endpoints.filter(isForIt).map(({ id }) => id);
  const isOwnModel = (version: string) => ownModels.has(versions.get(version) ?? "");
  const serving = served.filter(
    ({ endpoint, serves }) => ownEndpoints.includes(endpoint) || serves.some(({ id }) => isOwnModel(id)),
  );
  const inService = serving.flatMap(({ endpoint, serves }) =>
    serves.flatMap(({ id }) => (ownEndpoints.includes(endpoint) || isOwnModel(id) ? [id] : [])),
  );
  return {
    useCase: nodeOf(UseCase, state),
    models: [...ownModels],
    versionsInService: [...new Set(inService)],
    endpoints: [...new Set([...ownEndpoints, ...serving.map(({ endpoint }) => endpoint)])],
    deployments: serving.map(({ id }) => id),
  };
}

function subjectsOf({ useCase, versionsInService, deployments }: Row): string[] {
  return [useCase.id, ...versionsInService, ...deployments];
}

function alertsOf(row: Row, alerts: readonly NodeState[]): Pick<InventoryIds, "alerts" | "alertCount"> {
  const subjects = new Set(subjectsOf(row));
  const own = alerts.filter(({ parent }) => parent !== null && subjects.has(parent)).map(({ id }) => id);
  return { alerts: own.slice(0, ALERTS_SHOWN), alertCount: own.length };
}
