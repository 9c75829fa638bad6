import { PipelineByIdDocument } from "@clew/schema/graphql";
import { stringify } from "yaml";
import type { CliContext } from "../cli-context.ts";
import { CliError } from "../errors.ts";
import { facts, table } from "../terminal/columns.ts";
import { count, shortDigest, time } from "../terminal/format.ts";
import { clean } from "../terminal/text.ts";
import { agentName } from "./agent-name.ts";
import { section } from "./section.ts";
import type { Shown } from "./show-asset.ts";

/** How many of its versions a pipeline is shown with. */
const VERSIONS = 20;

/** A pipeline with its versions, or a version with its definition as YAML: two of them are compared with `diff`. */
export async function showPipeline({ client, paint }: CliContext, id: string): Promise<Shown> {
  const { node } = await client.request(PipelineByIdDocument, { id, first: VERSIONS });
  if (node?.__typename === "PipelineVersion") {
    const head = facts(
      [
        ["pipeline version", clean(node.key)],
        ["id", node.id],
        ["digest", node.digest],
        ["published by", agentName(node.attributedTo)],
        ["created", time(node.createdAt)],
      ],
      paint,
    );
    const definition = stringify(node.definition).trimEnd().split("\n").map(clean);
    return { lines: [...head, ...section("Definition", definition)], value: node };
  }
  if (node?.__typename !== "Pipeline") throw new CliError(`there is no pipeline ${id}`, { code: "NOT_FOUND" });
  const head = facts(
    [
      ["pipeline", clean(node.key)],
      ["id", node.id],
      ["versions", count(node.latestVersion)],
      ["created", time(node.createdAt)],
    ],
    paint,
  );
  const rows = node.versions.nodes.map(({ key, digest, createdAt, attributedTo }) => [
    clean(key),
    shortDigest(digest),
    time(createdAt),
    clean(agentName(attributedTo) ?? ""),
  ]);
  const titles = ["version", "digest", "created", "by"].map((title) => ({ title }));
  return { lines: [...head, ...section("Versions", table(titles, rows, paint))], value: node };
}
