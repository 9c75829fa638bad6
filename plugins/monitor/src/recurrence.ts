/** Whether a cause has shown in so many of the last windows that it is told. */
export class Recurrence {
  readonly #windows: number;
  readonly #of: number;
  readonly #shown = new Map<string, { readonly ordinal: number; readonly reports: readonly string[] }[]>();

  /** @param windows so many of the last `of` */
  constructor(windows: number, of: number) {
    this.#windows = windows;
    this.#of = of;
  }

  /** It shows in this window, once. Answers the reports of the last windows that show it where that is often enough, else null. */
  show(cause: string, ordinal: number, reports: readonly string[]): readonly string[] | null {
    const before = this.#shown.get(cause) ?? [];
    const last = [...before.filter((one) => one.ordinal > ordinal - this.#of), { ordinal, reports }];
    this.#shown.set(cause, last);
    return last.length >= this.#windows ? last.flatMap((one) => one.reports) : null;
  }
}
