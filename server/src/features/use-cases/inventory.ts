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
  /** False where there was more than is looked at. */
  readonly isComplete: boolean;
}

/**
 * What stands beside these use cases, in a handful of reads however many they are.
 * @param namespaces that the caller may read; null is every one.
 */
export async function inventoryOf(
  reader: NodeReader,
  useCases: readonly NodeState[],
  namespaces: NodeFilter["namespaces"],
): Promise<InventoryPage> {
  const ids = useCases.map(({ id }) => id);
  const [models, endpoints, served] = await Promise.all([
    reader.list(ofUseCases(Model, ids, namespaces), "NEWEST", null, FOUND_MAX),
    reader.list(ofUseCases(Endpoint, ids, namespaces), "NEWEST", null, FOUND_MAX),
    useCases.length === 0 ? [] : servedNow(reader, namespaces),
  ]);
  const versions = await modelsOf(reader, served);
  const rows = useCases.map((useCase) => rowOf(useCase, { models, endpoints, served, versions }));
  const subjects = rows.flatMap((row) => subjectsOf(row));
  const alerts = await reader.list(openAlerts(subjects, namespaces), "NEWEST", null, FOUND_MAX);
  const isComplete =
    [models, endpoints, alerts].every(({ length }) => length < FOUND_MAX) && served.length < SERVED_MAX;
  return { rows: rows.map((row) => ({ ...row, ...alertsOf(row, alerts) })), isComplete };
}

function ofUseCases(
  definition: typeof Model | typeof Endpoint,
  ids: readonly string[],
  namespaces: NodeFilter["namespaces"],
) {
  return { types: [definition.name], namespaces, attributes: [attributeIs(definition, "useCase", ids)] };
}

function openAlerts(subjects: readonly string[], namespaces: NodeFilter["namespaces"]): NodeFilter {
  return { types: [Alert.name], namespaces, states: ["OPEN", "ACKNOWLEDGED"], parents: [...new Set(subjects)] };
}

type DeploymentNode = NodeOf<typeof Deployment>;

async function servedNow(reader: NodeReader, namespaces: NodeFilter["namespaces"]): Promise<DeploymentNode[]> {
  const served: DeploymentNode[] = [];
  const filter = { types: [Deployment.name], namespaces, states: ["ACTIVE"] };
  for await (const state of eachNode(reader, filter, "NEWEST", PAGE)) {
    served.push(nodeOf(Deployment, state));
    if (served.length >= SERVED_MAX) break;
  }
  return served;
}

/** The model of each version that is served, by the version's id. */
export async function modelsOf(
  reader: NodeReader,
  served: readonly DeploymentNode[],
): Promise<ReadonlyMap<string, string>> {
  const versions = await reader.byIds([...new Set(served.flatMap(({ serves }) => serves.map(({ id }) => id)))]);
  return new Map(versions.map(({ id, parent }) => [id, parent ?? ""]));
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
