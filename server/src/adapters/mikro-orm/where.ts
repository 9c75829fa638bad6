import type { SqlValue } from "./sql.ts";

/** Conditions joined by AND, with their parameters. */
export class Where {
  readonly #conditions: string[] = [];
  readonly parameters: SqlValue[] = [];

  add(condition: string, ...parameters: SqlValue[]): this {
    this.#conditions.push(condition);
    this.parameters.push(...parameters);
    return this;
  }

  get text(): string {
    return this.#conditions.length === 0 ? "" : ` where ${this.#conditions.join(" and ")}`;
  }
}
