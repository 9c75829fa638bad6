import { z } from "zod";

/** `GET` answers a backup as application/x-tar, to administrators of every namespace. */
export const BACKUP_PATH = "/backup";
/** About how many bytes will come; the answer is made while it is sent. */
export const ESTIMATED_BYTES_HEADER = "Clew-Estimated-Bytes";
/** How many ledger entries it has. */
export const BACKUP_ENTRIES_HEADER = "Clew-Backup-Entries";

/** What the server's restore command writes to its standard output, a JSON text a line. */
export const RestoreMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("progress"), bytes: z.number(), totalBytes: z.number() }),
  z.object({
    type: z.literal("restored"),
    ledgerId: z.string(),
    createdAt: z.string(),
    entries: z.number(),
    artifacts: z.number(),
    artifactBytes: z.number(),
  }),
  z.object({ type: z.literal("refused"), code: z.string(), message: z.string() }),
]);
export type RestoreMessage = z.infer<typeof RestoreMessage>;
