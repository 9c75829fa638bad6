/**
 * Whether a cause has shown in so many of the last windows that it is told. The first windows are looked at for the sake of those that follow: an attempt that
 * goes on after another reads them again, and cannot know what was before them.
 */
export class Recurrence {
  readonly #windows: number;
  readonly #of: number;
  readonly #shown = new Map<string, { readonly ordinal: number; readonly reports: readonly string[] }[]>();
  #first: number | null = null;

  /** @param windows so many of the last `of` */
  constructor(windows: number, of: number) {
    this.#windows = windows;
    this.#of = of;
  }

  /** Told of each window before what shows in it. */
  look(ordinal: number): void {
    this.#first ??= ordinal;
  }

  /** It shows in this window, once. Answers the reports of the last windows that show it where that is often enough, else null. */
  show(cause: string, ordinal: number, reports: readonly string[]): readonly string[] | null {
    const before = this.#shown.get(cause) ?? [];
    const last = [...before.filter((one) => one.ordinal > ordinal - this.#of), { ordinal, reports }];
    this.#shown.set(cause, last);
    const isEnough = ordinal - (this.#first ?? ordinal) >= this.#of - 1 && last.length >= this.#windows;
    return isEnough ? last.flatMap((one) => one.reports) : null;
  }
}
