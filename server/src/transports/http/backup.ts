import type { Readable } from "node:stream";
import { BACKUP_ENTRIES_HEADER, BACKUP_PATH, ESTIMATED_BYTES_HEADER } from "@clew/schema";
import type { FastifyPluginAsync, FastifyRequest } from "fastify";

export interface OpenedBackup {
  /** A tar; whoever reads it no further destroys it. */
  readonly stream: Readable;
  readonly seq: number;
  readonly estimatedBytes: number;
}

/** Why there is no backup: nothing was sent yet. */
export interface BackupFault {
  readonly code: "FORBIDDEN" | "LEDGER_READ_ONLY" | "FILE_MISSING";
  readonly message: string;
}

const FORBIDDEN_STATUS = 403;
const CONFLICT_STATUS = 409;

/** The ledger and all artifacts as one stream. A stream that ends before its end was not a backup: the connection is closed then. */
export function backupRoute(
  open: (request: FastifyRequest) => Promise<OpenedBackup | BackupFault>,
): FastifyPluginAsync {
  return async (app) => {
    app.get(BACKUP_PATH, { exposeHeadRoute: false }, async (request, reply) => {
      const opened = await open(request);
      if ("code" in opened) {
        const { code, message } = opened;
        const body = { errors: [{ message, extensions: { code, retryable: false } }] };
        return reply.code(code === "FORBIDDEN" ? FORBIDDEN_STATUS : CONFLICT_STATUS).send(body);
      }
      const { stream, seq, estimatedBytes } = opened;
      stream.once("error", (error) => request.log.error({ err: error }, "a backup was not finished"));
      return reply
        .header("Content-Type", "application/x-tar")
        .header("Content-Disposition", `attachment; filename="clew-${seq}.tar"`)
        .header("Cache-Control", "no-store")
        .header(ESTIMATED_BYTES_HEADER, estimatedBytes)
        .header(BACKUP_ENTRIES_HEADER, seq)
        .send(stream);
    });
  };
}
