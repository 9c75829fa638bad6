import { DatabaseUnavailable } from "../../ports/ledger-store.ts";
import { ReadTimedOut } from "../../ports/node-reader.ts";

/** SQLSTATE class 08 (connection exception), and of class 57 those that say that the server ends or is not ready. */
const LOST = /^(08...|57P0[1-3])$/;
const SYSTEM = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EHOSTUNREACH", "EAI_AGAIN"]);
/** What node-postgres says without a code when a connection breaks, or cannot be made in time. */
const SAID =
  /Connection terminated|connection timeout|timeout exceeded when trying to connect|not queryable|Client was closed/i;

/** Whether the database is away, rather than that it refused a statement. */
export function isConnectionFault(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isConnectionFault);
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? LOST.test(code) || SYSTEM.has(code) : SAID.test(error.message);
}

/** SQLSTATE query_canceled: here by `statement_timeout`, since nobody cancels otherwise. */
const CANCELED = "57014";

/**
 * Runs some work on the database, and tells a fault of the connection, and a read that took too long, from one of the work.
 * @throws {DatabaseUnavailable} @throws {ReadTimedOut}
 */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === CANCELED) throw new ReadTimedOut({ cause: error });
    throw isConnectionFault(error) ? new DatabaseUnavailable({ cause: error }) : error;
  }
}
