import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ReachableServer } from "./answer.ts";
import { aDataset, anArtifact, aQueuedRun } from "./builders.ts";
import { aShellPlugin } from "./runner-host.ts";
import { unique } from "./server.ts";
import { lineageOf, schemaOf, statisticsOf } from "./wide-tables.ts";

const NAME = "widens";

/** A plugin that makes a wide table of two as wide, and fails where it was not told of all their columns. */
export async function aWidePlugin(columns: number): Promise<string> {
  const output = {
    nodeType: "DatasetVersion",
    dir: "made",
    rows: 1,
    schema: schemaOf(columns),
    statistics: statisticsOf(columns),
    columnLineage: lineageOf(columns, "data"),
  };
  const said = `${JSON.stringify({ type: "output", role: "table", output })}\n`;
  const told = `while read -r line; do case "$line" in *'"inputs"'*) break ;; esac; done
printf '%s' "$line" | grep -o '"nullable"' | wc -l | grep -qx ${2 * columns} || exit 1`;
  const script = `${told}\nmkdir "$CLEW_OUTPUT_DIR/made"; echo x > "$CLEW_OUTPUT_DIR/made/rows.csv"\ncat said.jsonl\necho '{"type":"result"}'`;
  const dir = await aShellPlugin(NAME, script, { table: { type: "DatasetVersion", description: "Wide." } });
  await writeFile(join(dir, "said.jsonl"), said);
  return dir;
}

/** A queued run of that plugin. */
export async function aWideRun(server: ReachableServer, columns: number): Promise<string> {
  // Names long enough that the columns of both inputs together are more than NATS carries.
  const schema = schemaOf(columns).map((one) => ({ ...one, name: one.name.padEnd(60, "_") }));
  const inputs = await Promise.all(
    [1, 2].map(async () => ({
      role: "data",
      node: (await aDataset(server, { schema, files: [await anArtifact(server)] })).id,
    })),
  );
  const outputs = [{ role: "table", key: `tests/${unique("table").toLowerCase()}` }];
  return await aQueuedRun(server, { plugin: NAME, inputs, outputs });
}
