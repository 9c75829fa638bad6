import { formatKey } from "@clew/schema";
import { endsOf, nodeOf } from "../../core/define-node.ts";
import type { NodeState } from "../../core/graph-change.ts";
import type { ProjectedEntry } from "../../ledger/ledger-tail.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { Alert, isAbout, isAsSevere } from "../alerts/index.ts";
import { DatasetVersion, ModelVersion } from "../catalog/index.ts";
import { Deployment, isOutlived } from "../deployments/index.ts";
import type { Occasion, TriggerNode } from "./fire-trigger.ts";
import { isLike, TriggerDefinition } from "./trigger-definition.ts";
import { TriggerFiring } from "./trigger-firing.node.ts";

const ALERTS = new Set(["alert.raised", "alert.recurred"]);
const VERSIONS: ReadonlySet<string> = new Set([DatasetVersion.name, ModelVersion.name]);
/** What a trigger's own question is called, so that it does not answer itself. */
export const ASK = "trigger:";

/** Whether an entry may be for any trigger at all. */
export function mayFire({ type, changes }: ProjectedEntry): boolean {
  return ALERTS.has(type) || changes.some((change) => change.op === "node" && isNewVersion(change));
}

function isNewVersion({ type, parent }: { readonly type: string; readonly parent?: string }): boolean {
  return VERSIONS.has(type) && parent !== undefined;
}

/** What an entry is to a trigger; none where it is not for it. */
export async function occasionsOf(
  reader: NodeReader,
  entry: ProjectedEntry,
  trigger: TriggerNode,
): Promise<readonly Occasion[]> {
  const { on } = TriggerDefinition.parse(trigger.definition);
  if (on.alert && ALERTS.has(entry.type)) return ofAlert(reader, entry, trigger, on.alert);
  if (on.version) return ofVersions(reader, entry, trigger);
  return [];
}

async function ofAlert(
  reader: NodeReader,
  entry: ProjectedEntry,
  trigger: TriggerNode,
  wanted: NonNullable<TriggerDefinition["on"]["alert"]>,
): Promise<readonly Occasion[]> {
  const change = entry.changes.find((one) => one.op === "node" && one.type === Alert.name);
  const [state] = change?.op === "node" ? await reader.byIds([change.id]) : [];
  if (state === undefined) return [];
  const { id, name, namespace, about, severity, message } = nodeOf(Alert, state);
  const isAsked = wanted.cause.startsWith(ASK) || !name.startsWith(ASK);
  if (!isAsked || !isAsSevere(severity, wanted.severity) || !isLike(name, wanted.cause)) return [];
  const isThere =
    trigger.source === null ? namespace === trigger.namespace : await isAbout(reader, about, trigger.source);
  if (!isThere) return [];
  const [subject] = await reader.byIds([about]);
  const counted = subject ? countedThing(subject) : about;
  return [
    {
      text: `entry ${entry.seq}`,
      cause: `alert ${counted} ${name}`,
      message: `alert ${name}: ${message}`,
      about: counted,
      alert: id,
      causedBy: [id],
      values: { $alert: id },
      skip: await whyOver(reader, subject),
    },
  ];
}

/** What a limit counts by: of a revision its endpoint, or each retraining that deploys another would begin to count anew. */
export function countedThing({ id, type, parent }: NodeState): string {
  return type === Deployment.name ? (parent ?? id) : id;
}

/** Why it is not worth a reaction: its models' last windows were judged, or their labels came, when others answered already. */
async function whyOver(reader: NodeReader, about: NodeState | undefined): Promise<string | null> {
  if (about?.type !== Deployment.name) return null;
  const revision = nodeOf(Deployment, about);
  const isOver = revision.state === "SUPERSEDED" && (await isOutlived(reader, revision));
  return isOver ? "none of the models that it is about answers any more" : null;
}

async function ofVersions(
  reader: NodeReader,
  entry: ProjectedEntry,
  trigger: TriggerNode,
): Promise<readonly Occasion[]> {
  const made = entry.changes.flatMap((change) =>
    change.op === "node" && isNewVersion(change) && change.parent === trigger.source ? [change.id] : [],
  );
  const versions = await reader.byIds(made);
  return Promise.all(
    versions.map(async (version) => ({
      text: version.id,
      cause: `versions of ${trigger.source}`,
      message: `new version ${keyOf(version)}`,
      about: version.id,
      alert: null,
      causedBy: [version.id],
      values: { $version: version.id },
      skip: (await isOwnWork(reader, version, trigger)) ? "what this trigger started has made it" : null,
    })),
  );
}

/** Whether a version was made by a run that the trigger led to: it would never end. */
async function isOwnWork(reader: NodeReader, { attributes }: NodeState, trigger: TriggerNode): Promise<boolean> {
  const [run] = await reader.byIds(endsOf(attributes["generatedBy"]).map(({ id }) => id));
  if (run === undefined) return false;
  const whole = await reader.byIds(endsOf(run.attributes["partOf"]).map(({ id }) => id));
  const causes = [run, ...whole].flatMap((one) => endsOf(one.attributes["triggeredBy"]).map(({ id }) => id));
  const firings = causes.filter((id) => id.startsWith(`${TriggerFiring.name}:`));
  return (await reader.byIds(firings)).some(({ parent }) => parent === trigger.id);
}

function keyOf(version: NodeState): string {
  const {
    namespace,
    name,
    version: number,
  } = nodeOf(version.type === DatasetVersion.name ? DatasetVersion : ModelVersion, version);
  return formatKey({ namespace, name }, number);
}
