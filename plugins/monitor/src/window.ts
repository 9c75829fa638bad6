import type { Prediction } from "@clew/plugin-sdk";
import { keyText, Part, type PartKey } from "./part.ts";
import type { Settings } from "./settings.ts";
import { WaitingRows } from "./waiting-rows.ts";

/** Models and deployments of one window; a window that meets more counts what it leaves out. */
const PARTS_MAX = 20;

/** What belongs to the stream, not to a model, counted in the window in which it was stored. */
export interface StreamCounts {
  dropped: number;
  sampledOut: number;
  missed: number;
  late: number;
  wrongClock: number;
  /** Of a deployment or model that nothing can be said about. */
  unknowable: number;
  unknownLabels: number;
  lateLabels: number;
}

export interface WindowSpan {
  /** Unique to the window, for ever: its start, or the place of its first message. */
  readonly name: string;
  /** Counts windows, so that the last so many can be looked at together. */
  readonly ordinal: number;
  /** Grows from window to window, and is the same to every attempt. */
  readonly place: number;
  /** Milliseconds since 1970; of a window of rows when it began to be stored. */
  readonly startMs: number;
}

/** What was predicted in a window, until it is reported. */
export class Window implements WindowSpan {
  readonly name: string;
  readonly ordinal: number;
  readonly place: number;
  readonly startMs: number;
  /** Of a window of rows known when it is full. */
  endMs: number;
  readonly waiting: WaitingRows | null;
  readonly counts: StreamCounts = {
    dropped: 0,
    sampledOut: 0,
    missed: 0,
    late: 0,
    wrongClock: 0,
    unknowable: 0,
    unknownLabels: 0,
    lateLabels: 0,
  };
  /** Answered rows of live models. */
  liveRows = 0;
  /** Predictions of models beyond those that one window may have. */
  leftOut = 0;
  /** No more predictions come. */
  isClosed = false;
  readonly #parts = new Map<string, Part>();
  readonly #settings: Pick<Settings, "given" | "answers">;

  constructor(
    { name, ordinal, place, startMs }: WindowSpan,
    endMs: number,
    settings: Pick<Settings, "given" | "answers">,
  ) {
    this.name = name;
    this.ordinal = ordinal;
    this.place = place;
    this.startMs = startMs;
    this.endMs = endMs;
    this.#settings = settings;
    this.waiting = waitingFor(settings);
  }

  /** In the order of their keys. */
  get parts(): Part[] {
    return [...this.#parts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
  }

  /** @param prediction one that names its deployment */
  add(prediction: Prediction & { readonly deployment: string }): void {
    const { deployment, model, mode, error, rows } = prediction;
    if (mode === "LIVE" && error === null) this.liveRows += rows;
    const key: PartKey = { deployment, model, mode };
    const part = this.#part(key);
    if (part === null) this.leftOut += 1;
    else part.add(prediction);
    if (part !== null && error === null && model !== null) this.waiting?.hold(key, prediction);
  }

  #part(key: PartKey): Part | null {
    const text = keyText(key);
    const known = this.#parts.get(text);
    if (known !== undefined) return known;
    if (this.#parts.size >= PARTS_MAX) return null;
    const part = new Part(key, this.#settings);
    this.#parts.set(text, part);
    return part;
  }
}

/** Null where no labels are waited for. */
function waitingFor({ given, answers }: Pick<Settings, "given" | "answers">): WaitingRows | null {
  const { labels, slices } = given;
  if (answers === null || labels === undefined) return null;
  return new WaitingRows({ slices, answers, sampleRows: labels.sampleRows });
}
