import { mayRead } from "../graphql/loaders.ts";
import { nodeValue } from "../graphql/node-value.ts";
import { can, canSomewhere, type Principal } from "../graphql/principal.ts";
import type { NodeReader } from "../ports/node-reader.ts";

/** Versions looked at before a reader is refused a file that very many hold. */
const USES_MAX = 500;

/**
 * Who may read or write an artifact. A file is as readable as any version that holds it; one that no version holds yet is readable to
 * whoever knows its digest, which is whoever has its bytes.
 */
export function artifactAccess(reader: NodeReader) {
  return async (principal: Principal, access: "read" | "write", digest: string | undefined): Promise<boolean> => {
    if (access === "write") return principal.attempt !== null || canSomewhere(principal, "CONTRIBUTOR");
    if (digest === undefined || can(principal, "VIEWER", "*")) return true;
    const uses = await reader.versionsOfFile(digest, USES_MAX);
    if (uses.length === 0) return true;
    const versions = await reader.byIds(uses.map(({ versionId }) => versionId));
    return versions.some((version) => mayRead(principal, nodeValue(version)));
  };
}
