import { readFileSync } from "node:fs";
import { sha256 } from "@clew/schema";
import { installOnce } from "../../cli/src/services/cache.ts";
import { run } from "../../cli/src/services/commands.ts";

/** A folder for PYTHONPATH with the packages of a requirements file, in the cache once for each Python; throws where they cannot be had. */
export async function pythonPackages(requirements: string): Promise<string> {
  // Wheels are built for one implementation and version.
  const tag = await run("python3", ["-c", "import sys; print(sys.implementation.cache_tag)"]);
  const part = sha256(readFileSync(requirements)).slice("sha256:".length, "sha256:".length + 12);
  return installOnce(`python-packages-${tag.trim()}-${part}`, async (folder) => {
    const where = ["--no-deps", "--target", folder, "-r", requirements];
    // To compile what is used once or twice takes longer than it saves.
    await run("python3", ["-m", "pip", "install", "--quiet", "--no-compile", ...where], { timeoutMs: 300_000 });
  });
}
