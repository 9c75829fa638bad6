import { readFileSync } from "node:fs";
import { AcceptedChanges, schemaChanges } from "./schema-changes.ts";

/** Compares the emitted SDL with the last release's, for `npm run check`: `check-schema-changes.ts <folder of the three files>`. */
const folder = process.argv[2] ?? "schema/graphql";
const read = (name: string): string => readFileSync(`${folder}/${name}`, "utf8");

const accepted = AcceptedChanges.parse(JSON.parse(read("accepted-changes.json")));
const { breaking, stale } = schemaChanges(read("released.graphql"), read("schema.graphql"), accepted);

const WAYS_OUT = `Clients of the last release would fail. Keep what they use (deprecate it and add the new beside it), or accept the change:
add {"change": "<the line above>", "reason": "<why clients can bear it>"} to ${folder}/accepted-changes.json.`;

if (breaking.length > 0) console.error(["Breaking changes since the last release:", ...breaking, WAYS_OUT].join("\n"));
if (stale.length > 0) {
  console.error([`Accepted in ${folder}/accepted-changes.json, but no breaking change: remove`, ...stale].join("\n"));
}
process.exitCode = breaking.length + stale.length > 0 ? 1 : 0;
