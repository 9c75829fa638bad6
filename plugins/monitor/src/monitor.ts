import type { Observed, Prediction } from "@clew/plugin-sdk";
import { AbTests } from "./ab-tests.ts";
import { CountWindows } from "./count-windows.ts";
import { driftingFeatures, driftingShare, driftOf, driftReport, driftWords, type PartDrift } from "./drift-report.ts";
import { Alerts, type Finding, type Say, short } from "./findings.ts";
import { LabelJoin } from "./label-join.ts";
import { keyText, Part } from "./part.ts";
import { type PartQuality, qualityOf } from "./quality-report.ts";
import type { Reference } from "./reference.ts";
import type { Settings } from "./settings.ts";
import { TimeWindows } from "./time-windows.ts";
import { answersBeyond, loadBeyond, trafficOf } from "./traffic.ts";
import { Window, type WindowSpan } from "./window.ts";
import type { Due, Windows } from "./windows.ts";

export interface MonitorOptions {
  readonly settings: Settings;
  readonly reference: Reference;
  readonly say: Say;
  readonly signal: AbortSignal;
  /** What the endpoint shall serve now, as far as is known; asked where a window shows none. */
  readonly currentDeployment: () => string | null;
  /** The model version that an A/B test holds the other against. */
  readonly champion: string | null;
}

/** Makes reports and alerts of a stream of observations; the same stream makes the same ones, wherever an attempt begins to read. */
export class Monitor {
  readonly #options: MonitorOptions;
  readonly #windows: Windows;
  readonly #labels: LabelJoin | null;
  readonly #alerts: Alerts;
  readonly #abTests: AbTests | null;
  /** The last that answered requests. */
  #deployment: string | null = null;

  constructor(options: MonitorOptions) {
    const { settings, say, champion } = options;
    this.#options = options;
    this.#windows = windowsOf(settings);
    this.#labels = settings.waitMs === null ? null : new LabelJoin(this.#windows);
    this.#alerts = new Alerts(say, settings.given.alerts);
    this.#abTests = settings.abTest === null ? null : new AbTests({ settings: settings.abTest, champion, say });
  }

  /** Takes what comes next; resolves when all that it makes due has been said. */
  async take(observed: Observed): Promise<void> {
    const storedAtMs = Date.parse(observed.storedAt);
    if (observed.kept !== undefined) this.#abTests?.resume(observed.kept);
    this.#windows.arrive({ seq: observed.seq, storedAtMs, isMessage: isMessage(observed) });
    await this.#conclude();
    this.#count(observed);
    for (const prediction of observed.predictions) this.#place(prediction, storedAtMs);
    for (const label of observed.labels) this.#labels?.take(label);
    await this.#conclude();
    await this.#settle();
  }

  #count({ dropped, sampledOut, missed }: Observed): void {
    if (dropped + sampledOut + missed === 0) return;
    const window = this.#windows.current();
    if (window === null) return;
    window.counts.dropped += dropped;
    window.counts.sampledOut += sampledOut;
    window.counts.missed += missed;
  }

  #place(prediction: Prediction, storedAtMs: number): void {
    const atMs = Date.parse(prediction.at);
    const { deployment } = prediction;
    if (deployment === null || !isKnowable(prediction)) return this.#leave("unknowable");
    if (this.#isOfWrongClock(atMs, storedAtMs)) return this.#leave("wrongClock");
    const placed = this.#windows.place(atMs);
    if (placed === "LATE") return this.#leave("late");
    if (placed === "BEFORE") return;
    if (prediction.mode === "LIVE") this.#deployment = deployment;
    placed.add({ ...prediction, deployment });
    this.#labels?.arrived(prediction.id);
  }

  /** By count it does not matter when a prediction was made. */
  #isOfWrongClock(atMs: number, storedAtMs: number): boolean {
    const { windowing, aheadMs, behindMs } = this.#options.settings;
    return windowing.by === "time" && (atMs > storedAtMs + aheadMs || atMs < storedAtMs - behindMs);
  }

  #leave(count: "unknowable" | "wrongClock" | "late"): void {
    const window = this.#windows.current();
    if (window !== null) window.counts[count] += 1;
  }

  /** Reports every window that is due. */
  async #conclude(): Promise<void> {
    for (let due = this.#windows.due(); due !== null; due = this.#windows.due()) {
      await (due.what === "predictions" ? this.#reportDrift(due) : this.#reportQuality(due));
      this.#windows.done(due);
      this.#abTests?.advance(this.#windows.open());
      await this.#options.say.drained();
    }
  }

  async #settle(): Promise<void> {
    const seq = this.#windows.settled();
    if (seq !== null) this.#options.say.seen(seq, this.#abTests?.kept);
  }

  async #reportDrift({ window }: Due): Promise<void> {
    const { settings, reference, say, signal } = this.#options;
    const drifts: PartDrift[] = [];
    for (const part of this.#partsOf(window)) {
      const drift = await driftOf(part, reference, settings.given, signal);
      say.report(driftName(part, window), driftReport(drift, window));
      await say.drained();
      drifts.push(drift);
    }
    window.waiting?.trim();
    this.#labels?.closed(window);
    const live = Map.groupBy(drifts.filter(isLive), ({ part }) => part.key.deployment);
    for (const [deployment, own] of live) this.#raise(this.#shown(deployment, own, window), window);
    this.#raise(this.#ofEndpoint(live, window), window);
  }

  /** A window in which nothing came may want to be told of all the same. */
  #partsOf(window: Window): Part[] {
    const { given } = this.#options.settings;
    if (window.parts.length > 0) return window.parts;
    const deployment = this.#deployment ?? this.#options.currentDeployment();
    const { dropped, missed, late, wrongClock, unknowable } = window.counts;
    const isWanted = given.limits.minRequests !== undefined || dropped + missed + late + wrongClock + unknowable > 0;
    if (deployment === null || !isWanted) return [];
    return [new Part({ deployment, model: null, mode: "LIVE" }, this.#options.settings)];
  }

  #shown(deployment: string, drifts: readonly PartDrift[], window: Window): Finding[] {
    const { limits } = this.#options.settings.given;
    const reports = drifts.map(({ part }) => driftName(part, window));
    const beyond = answersBeyond(trafficOf(partsOf(drifts), window), limits);
    return [
      ...this.#driftFindings(deployment, drifts, window),
      ...beyond.map((one) => ({ ...one, about: deployment, reports })),
    ];
  }

  #driftFindings(about: string, drifts: readonly PartDrift[], window: Window): Finding[] {
    const drifting = drifts
      .filter((drift) => driftWords(drift) !== "")
      .toSorted((a, b) => driftingShare(b) - driftingShare(a));
    if (drifting.length === 0) return [];
    const reports = drifting.map(({ part }) => driftName(part, window));
    const message = drifting.map((drift) => modelWords(drift.part.key.model, driftWords(drift))).join("; ");
    const said = { about, kind: "drift" as const, message: `drift from the reference: ${message}`, reports };
    if (this.#options.settings.given.alerts.groupBy === "deployment") return [{ ...said, cause: "drift" }];
    const features = [...new Set(drifting.flatMap(driftingFeatures))];
    return features.map((feature) => ({ ...said, cause: `drift:${feature}` }));
  }

  /** Its load and what was lost are the endpoint's: they are told of the deployment that had most requests. */
  #ofEndpoint(live: ReadonlyMap<string, readonly PartDrift[]>, window: Window): Finding[] {
    const { given, windowing } = this.#options.settings;
    const all = trafficOf(partsOf([...live.values()].flat()), window);
    const requestsOf = (drifts: readonly PartDrift[]) => trafficOf(partsOf(drifts), window).requests;
    const [most] = [...live].toSorted(([, a], [, b]) => requestsOf(b) - requestsOf(a));
    if (most === undefined) return [];
    const [about, drifts] = most;
    const reports = drifts.map(({ part }) => driftName(part, window));
    const shown = [
      ...loadBeyond(all, given.limits, windowing.by === "time"),
      ...this.#lost(all.requests, window),
      ...this.#late(all.requests, window),
    ];
    return shown.map((one) => ({ ...one, about, isOfEndpoint: true, reports }));
  }

  #lost(requests: number, { counts: { dropped, missed } }: Window): Omit<Finding, "about" | "reports">[] {
    const share = this.#beyondLimit(dropped + missed, requests);
    if (share === null) return [];
    const message = `${dropped} inferences and ${missed} messages were lost on their way here, ${share}`;
    return [{ kind: "lost", cause: "predictions-lost", message }];
  }

  /** Where a clock is wrong there may be nothing else to tell of: every prediction is left out. */
  #late(requests: number, { counts: { late, wrongClock } }: Window): Omit<Finding, "about" | "reports">[] {
    const share = this.#beyondLimit(late + wrongClock, requests);
    if (share === null) return [];
    const message = `${late} predictions were stored after their window was closed, ${wrongClock} say a time that a right clock does not, ${share}: they are in no window`;
    return [{ kind: "lost", cause: "predictions-late", message }];
  }

  /** In words, where a larger share is lacking than may. */
  #beyondLimit(lacking: number, requests: number): string | null {
    const { lostShare } = this.#options.settings.given.limits;
    const share = lacking / (requests + lacking);
    return share > lostShare ? `${short(share)} of all where ${lostShare} is the limit` : null;
  }

  async #reportQuality({ window }: Due): Promise<void> {
    const { settings, say, signal } = this.#options;
    const findings: Finding[] = [];
    const models = window.waiting!.byModel();
    this.#abTests?.take(window, models);
    for (const rows of models) {
      const name = `quality-${keyText(rows.key)}-${window.name}`;
      const quality = await qualityOf(name, rows, window, settings, signal);
      say.report(name, quality.report);
      await say.drained();
      if (rows.key.mode === "LIVE") findings.push(...qualityFindings(quality, name));
    }
    this.#raise(together(findings), window);
  }

  #raise(findings: readonly Finding[], { ordinal }: Window): void {
    for (const finding of findings) this.#alerts.raise(finding, ordinal);
  }
}

/** Nothing can be said about what has another kind of id. */
function isKnowable({ deployment, model }: Prediction): boolean {
  const isId = (type: string, id: string | null) => id === null || new RegExp(`^${type}:[0-9a-f-]{32,36}$`).test(id);
  return isId("Deployment", deployment) && isId("ModelVersion", model);
}

function isMessage({ predictions, labels, dropped, sampledOut }: Observed): boolean {
  return predictions.length + labels.length + dropped + sampledOut > 0;
}

function windowsOf(settings: Settings): Windows {
  const { windowing, given, aheadMs, waitMs } = settings;
  const shared = {
    graceMs: windowing.graceMs,
    waitMs,
    waitingMax: given.labels?.maxWindows ?? 0,
    before: given.alerts.of - 1,
    make: (span: WindowSpan, endMs: number) => new Window(span, endMs, settings),
  };
  if (windowing.by === "count") return new CountWindows({ ...shared, rows: windowing.rows });
  return new TimeWindows({ ...shared, lengthMs: windowing.lengthMs, aheadMs });
}

/** Of an empty window it is the same whatever the endpoint serves: a later attempt may know of another deployment. */
function driftName({ key, requests }: Part, { name }: Pick<Window, "name">): string {
  return `drift-${requests === 0 ? "empty" : keyText(key)}-${name}`;
}

function partsOf(drifts: readonly PartDrift[]): Part[] {
  return drifts.map(({ part }) => part);
}

function isLive({ part }: PartDrift): boolean {
  return part.key.mode === "LIVE";
}

function modelWords(model: string | null, words: string): string {
  return `${model ?? "no model"}: ${words}`;
}

/** What several models of a deployment show by the same cause is one finding. */
function together(findings: readonly Finding[]): Finding[] {
  const groups = Map.groupBy(findings, ({ about, cause }) => `${about} ${cause}`);
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    message: group.map(({ message }) => message).join("; "),
    reports: group.flatMap(({ reports }) => reports),
  }));
}

/** One for each metric, and each attribute, that is broken. */
function qualityFindings({ rows, broken }: PartQuality, report: string): Finding[] {
  const byCause = Map.groupBy(broken, ({ gate }) =>
    gate.kind === "fairness" ? `fairness:${gate.groups}` : `quality:${gate.metric}`,
  );
  return [...byCause].map(([cause, gates]) => ({
    about: rows.key.deployment,
    kind: cause.startsWith("fairness:") ? ("fairness" as const) : ("quality" as const),
    cause,
    message: modelWords(rows.key.model, gates.map(({ answer }) => answer.message).join("; ")),
    reports: [report],
  }));
}
