import { parseExactJson } from "@clew/schema";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { RequestFault } from "./request-fault.ts";

/**
 * Bodies are JSON in UTF-8 and nothing else: what is no UTF-8 is refused rather than kept as something that nobody sent. Keys such as
 * `__proto__` are data like any other (nothing here merges objects by key), and a number that would lose digits is refused.
 */
export function readJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async ({ headers }: FastifyRequest, body: Buffer) => {
      checkCharset(headers["content-type"] ?? "");
      return parse(decode(body));
    },
  );
}

/** RFC 8259, section 8.1: JSON between systems is UTF-8. */
function checkCharset(type: string): void {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type)?.[1] ?? "utf-8";
  if (/^utf-?8$/i.test(charset)) return;
  throw fault(415, "UNSUPPORTED_MEDIA_TYPE", `a body is read as UTF-8 only, not as ${charset}`);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw fault(400, "BAD_REQUEST", "the body cannot be read: it is no UTF-8");
  }
}

function parse(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    const code = error instanceof RangeError ? "INVALID_INPUT" : "BAD_REQUEST";
    throw fault(400, code, `the body cannot be read: ${(error as Error).message}`);
  }
}

function fault(statusCode: number, clientCode: string, message: string): RequestFault {
  return Object.assign(new Error(message), { statusCode, clientCode });
}
