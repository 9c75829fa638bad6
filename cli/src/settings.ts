import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { findCheckout } from "./checkout.ts";
import { UsageError } from "./errors.ts";

export const DEFAULT_URL = "http://127.0.0.1:4000";
/** Where the server leaves its first administrator's token. */
export const ADMIN_TOKEN_FILE = "admin.token";

/** The options that every command takes. */
export interface GlobalOptions {
  readonly url?: string;
  readonly token?: string;
  readonly dataDir?: string;
}

export interface Settings {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string | null;
  /** Absolute. */
  readonly dataDir: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whom to ask, and as whom: an option wins over the environment, and that over what lies in the data folder.
 * @throws {UsageError} where the URL is none.
 */
export function readSettings(options: GlobalOptions, environment: Environment = process.env): Settings {
  const dataDir = dataDirOf(options, environment);
  const url = baseUrl(options.url ?? filled(environment["CLEW_URL"]) ?? DEFAULT_URL);
  const token = options.token ?? filled(environment["CLEW_TOKEN"]) ?? readToken(dataDir);
  return { url, token, dataDir };
}

function dataDirOf(options: GlobalOptions, environment: Environment): string {
  const chosen = options.dataDir ?? filled(environment["CLEW_DATA_DIR"]);
  return chosen === undefined ? join(findCheckout() ?? process.cwd(), ".clew", "data") : resolve(chosen);
}

/** Takes the server's address with or without the path of its API. */
function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`${text} is no URL of a server; one looks like ${DEFAULT_URL}`);
  return `${url.origin}${url.pathname.replace(/\/(graphql\/?)?$/, "")}`;
}

/** The token that the server made at its first start, for the command line on the same machine. */
export function readToken(dataDir: string): string | null {
  try {
    return filled(readFileSync(join(dataDir, ADMIN_TOKEN_FILE), "utf8").trim()) ?? null;
  } catch {
    return null;
  }
}

function filled(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
