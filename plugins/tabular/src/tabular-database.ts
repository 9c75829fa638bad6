import { basename } from "node:path";
import { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { type FailureType, PluginFailure } from "@clew/plugin-sdk";
import { brokenLine, byDelimiter, type SeparatedFile, separatedFiles } from "./separated-files.ts";
import { CSV, listOf, quoteName, quoteText, type View, viewStatement } from "./tabular-inputs.ts";
import { requireWhole } from "./whole-files.ts";

/** What DuckDB may use, of the job's memory; a query that needs more is refused. */
export const DUCKDB_MEMORY_MIB = 1024;

/** By default one thread: sums of floating-point numbers depend on their order, and a model must not depend on a race. */
const SEALED = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
};

export interface DatabaseOptions {
  /** 1 unless given. */
  threads?: number;
  /** DUCKDB_MEMORY_MIB unless given. */
  memoryMiB?: number;
  /** An absolute path; without it nothing is spilled to disk. */
  spillDir?: string;
  /** Files that SQL may read beside those of the views, absolute paths. */
  files?: readonly string[];
  /** Folders that SQL may write to, absolute paths. */
  writeDirs?: readonly string[];
}

export interface ColumnType {
  name: string;
  /** As DuckDB names it: BIGINT, DOUBLE, VARCHAR, … */
  type: string;
}

/** A node of a syntax tree, as far as anything here reads it. */
export type SyntaxNode = { readonly [field: string]: unknown };

interface SyntaxTree {
  error: boolean;
  error_message?: string;
  statements?: { node: SyntaxNode }[];
}

/** DuckDB over the job's inputs and nothing else: SQL cannot reach another file, the network or a setting. */
export class TabularDatabase implements Disposable {
  readonly views: readonly View[];
  readonly connection: DuckDBConnection;
  readonly #instance: DuckDBInstance;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, views: readonly View[]) {
    this.#instance = instance;
    this.connection = connection;
    this.views = views;
  }

  /** @throws {PluginFailure} BAD_INPUT where a file cannot be read. */
  static async open(views: readonly View[], options: DatabaseOptions = {}): Promise<TabularDatabase> {
    const { threads = 1, memoryMiB = DUCKDB_MEMORY_MIB, spillDir = "" } = options;
    const own = { threads: String(threads), memory_limit: `${memoryMiB}MiB`, temp_directory: spillDir };
    const instance = await DuckDBInstance.create(":memory:", { ...SEALED, ...own });
    const connection = await instance.connect();
    const database = new TabularDatabase(instance, connection, views);
    try {
      await database.#createViews(options);
    } catch (error) {
      database[Symbol.dispose]();
      throw error;
    }
    return database;
  }

  async #createViews({ files = [], writeDirs = [] }: DatabaseOptions): Promise<void> {
    await this.connection.run("SET TimeZone = 'UTC'");
    for (const view of this.views) await this.#createView(view);
    const readable = [...this.views.flatMap((view) => view.files), ...files];
    await this.connection.run(`SET allowed_paths = ${listOf(readable)}`);
    await this.connection.run(`SET allowed_directories = ${listOf(writeDirs)}`);
    await this.connection.run("SET enable_external_access = false");
    await this.connection.run("SET lock_configuration = true");
  }

  async #createView(view: View): Promise<void> {
    const what = `${view.keys.join(", ")} cannot be read`;
    const separated = await this.#guard(what, async () => {
      await requireWhole(view.files);
      return await separatedFiles(view.files);
    });
    refuseEmpty(view, separated);
    await this.#guard(what, async () => {
      try {
        await this.connection.run(viewStatement(view, byDelimiter(separated)));
      } catch (error) {
        // Of a file that it cannot make out, DuckDB names neither the file nor the line.
        throw (await brokenLine(this.connection, separated)) ?? error;
      }
    });
  }

  /** The columns of a view. */
  async columnsOf(view: string): Promise<ColumnType[]> {
    return this.#describe(`SELECT * FROM ${quoteName(view)}`);
  }

  /**
   * The columns that a query answers with.
   * @throws {PluginFailure} BAD_PARAMETERS where it is not one SELECT statement; `misfit` where it does not fit the views.
   */
  async describeQuery(sql: string, misfit: FailureType = "BAD_PARAMETERS"): Promise<ColumnType[]> {
    await this.syntaxOf(sql);
    try {
      return await this.#describe(sql);
    } catch (error) {
      throw new PluginFailure(misfit, `sql: ${messageOf(error)}`, false, { cause: error });
    }
  }

  /**
   * The syntax tree that DuckDB's json_serialize_sql gives of a SELECT statement.
   * @throws {PluginFailure} BAD_PARAMETERS where the text is not exactly one SELECT statement.
   */
  async syntaxOf(sql: string): Promise<SyntaxNode> {
    const text = await this.one(`SELECT json_serialize_sql(${quoteText(sql)})`);
    // Locations that are unknown are 2^64 - 1, which JSON.parse would round.
    const tree = JSON.parse(text.replaceAll(/"query_location":\d+/g, '"query_location":0')) as SyntaxTree;
    const [first, second] = tree.statements ?? [];
    if (!tree.error && first !== undefined && second === undefined) return first.node;
    throw new PluginFailure(
      "BAD_PARAMETERS",
      `sql: must be one SELECT statement; ${tree.error_message ?? "it is not"}`,
    );
  }

  /** @throws {PluginFailure} BAD_INPUT where a query's answer has no rows. */
  async requireRows(sql: string): Promise<void> {
    const count = await this.one(`SELECT count(*) FROM (${withoutEnd(sql)}\n)`);
    if (count === "0") throw new PluginFailure("BAD_INPUT", "the query's answer has no rows");
  }

  /** The first value of a query's answer, as text. @throws {PluginFailure} BAD_INPUT where the data do not bear the query. */
  async one(sql: string): Promise<string> {
    const answer = await this.#guard("the query failed", () => this.connection.runAndReadAll(sql));
    return String(answer.getRows()[0]?.[0]);
  }

  async #describe(sql: string): Promise<ColumnType[]> {
    const reader = await this.connection.runAndReadAll(`DESCRIBE ${withoutEnd(sql)}`);
    return reader.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
  }

  async #guard<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new PluginFailure("BAD_INPUT", `${what}: ${messageOf(error)}`, false, { cause: error });
    }
  }

  [Symbol.dispose](): void {
    this.connection.closeSync();
    this.#instance.closeSync();
  }
}

/** Files without a line make no table. */
function refuseEmpty({ keys, files }: View, separated: readonly SeparatedFile[]): void {
  if (separated.length > 0 || files.some((file) => !CSV.test(file))) return;
  throw new PluginFailure("BAD_INPUT", `${keys.join(", ")} has no rows: ${basename(files[0]!)} is empty`);
}

/** A statement without the semicolons at its end, so that it can stand in brackets. */
export function withoutEnd(sql: string): string {
  return sql.trim().replace(/[\s;]+$/, "");
}

/** What DuckDB says first, and of which file: after it come advice, settings, the statement, a stack. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message.trim() : String(error);
  const [said = ""] = text.split(/\n\s*\n/);
  const file = basename(/^ *file = (.+)$/m.exec(text)?.[1] ?? "");
  return said.includes(file) ? said : `${file}: ${said}`;
}
