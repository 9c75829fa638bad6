import { z } from "zod";

const PROTOCOLS: ReadonlySet<string> = new Set(["http:", "https:", "ssh:", "git:"]);
/** As Git writes an address over SSH: user@host:path. */
const SCP = /^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:(?!\/\/)[^\s]+$/;

/**
 * Where a repository is: an http, https, ssh or git URL, or user@host:path. It stands in the ledger for ever and is shown as a link, so
 * it holds no secret: no password, and over HTTP no user name either, in whose place a token may stand.
 */
export const RepositoryUrl = z
  .string()
  .max(2000)
  .refine((url) => SCP.test(url) || isAddress(url), {
    error: "must be an http, https, ssh or git URL, or user@host:path, without a password or token",
  });

function isAddress(text: string): boolean {
  // What the URL parser drops without a word (line breaks in a scheme) others may not.
  if (/[\s\u0000-\u001f\u007f]/.test(text)) return false;
  const url = URL.parse(text);
  if (url === null || !PROTOCOLS.has(url.protocol) || url.hostname === "" || url.password !== "") return false;
  return url.username === "" || !url.protocol.startsWith("http");
}
