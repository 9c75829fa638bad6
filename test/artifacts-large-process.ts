import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { downloadFile, uploadFile } from "@clew/schema";
import fastify from "fastify";
import { openFilesystemArtifacts } from "../server/src/adapters/filesystem/index.ts";
import { artifactRoutes } from "../server/src/transports/http/artifacts.ts";

/**
 * The two processes of artifacts-large.test.ts, which measures the memory of each: `serve <dir>` and `move <url> <from> <to>`. Both say
 * what they have to say as one message to their parent.
 */
export type Served = { readonly url: string } | { readonly peakBytes: number };
export interface Moved {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly peakBytes: number;
  readonly uploadMs: number;
  readonly downloadMs: number;
}

const [role, ...args] = process.argv.slice(2);
if (role === "serve") await serve(args[0] ?? "");
if (role === "move") await move(args[0] ?? "", args[1] ?? "", args[2] ?? "");

async function serve(dir: string): Promise<void> {
  const app = fastify({ forceCloseConnections: true });
  await app.register(artifactRoutes({ store: await openFilesystemArtifacts({ dir }), authorise: async () => true }));
  await app.listen({ host: "127.0.0.1", port: 0 });
  tell({ url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` });
  await once(process, "message");
  await app.close();
  tell({ peakBytes: peakBytes() });
  process.disconnect();
}

async function move(url: string, from: string, to: string): Promise<void> {
  const begun = performance.now();
  const { digest, sizeBytes } = await uploadFile(url, null, from);
  const uploaded = performance.now();
  await downloadFile(url, null, digest, to);
  const downloadMs = performance.now() - uploaded;
  tell({ digest, sizeBytes, peakBytes: peakBytes(), uploadMs: uploaded - begun, downloadMs });
  process.disconnect();
}

/** The most memory that this process has had resident since it began. */
function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function tell(message: Served | Moved): void {
  process.send?.(message);
}
