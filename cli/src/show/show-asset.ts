import { AssetVersionsDocument, PluginByIdDocument, RunnerByIdDocument } from "@clew/schema/graphql";
import { PluginManifest } from "@clew/schema";
import type { CliContext } from "../cli-context.ts";
import { CliError } from "../errors.ts";
import { facts, table } from "../terminal/columns.ts";
import { bytes, count, shortDigest, time } from "../terminal/format.ts";
import type { Paint } from "../terminal/paint.ts";
import { clean } from "../terminal/text.ts";
import { section } from "./section.ts";
import { aliasTable, aliasWords, tagFacts } from "./tags.ts";

export interface Shown {
  readonly lines: string[];
  /** The same for a program. */
  readonly value: unknown;
}

/** How many of its versions an asset is shown with. */
const VERSIONS = 20;

interface Asset {
  readonly __typename: "Dataset" | "Model";
  readonly id: string;
  readonly key: string;
  readonly latestVersion: number;
  readonly createdAt: string;
  readonly aliases: readonly { readonly alias: string; readonly version: object }[];
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

export async function showAsset({ client, paint }: CliContext, asset: Asset): Promise<Shown> {
  const { node } = await client.request(AssetVersionsDocument, { id: asset.id, first: VERSIONS });
  const versions =
    node === null
      ? []
      : "datasetVersions" in node
        ? node.datasetVersions.nodes
        : "modelVersions" in node
          ? node.modelVersions.nodes
          : [];
  const named = node !== null && "aliases" in node ? node.aliases : [];
  const head = facts(
    [
      [asset.__typename.toLowerCase(), clean(asset.key)],
      ["id", asset.id],
      ["versions", count(asset.latestVersion)],
      ["created", time(asset.createdAt)],
      ...tagFacts(asset),
    ],
    paint,
  );
  const rows = versions.map((version) => [
    clean(version.key),
    "rows" in version ? (version.rows === null ? "" : count(version.rows)) : clean(version.format),
    bytes(version.sizeBytes),
    shortDigest(version.digest),
    time(version.createdAt),
    aliasWords(version.aliases),
  ]);
  const titles = [
    "version",
    asset.__typename === "Dataset" ? "rows" : "format",
    "size",
    "digest",
    "created",
    "aliases",
  ];
  const lines = table(
    titles.map((title) => ({ title })),
    rows,
    paint,
  );
  const title = asset.latestVersion > VERSIONS ? `The newest ${VERSIONS} versions` : "Versions";
  const aliases = section("Aliases", named.length === 0 ? [] : aliasTable(named, paint));
  return {
    lines: [...head, ...aliases, ...section(title, lines)],
    value: { ...asset, aliases: named, versions },
  };
}

export async function showPlugin({ client, paint }: CliContext, id: string): Promise<Shown> {
  const { node } = await client.request(PluginByIdDocument, { id });
  if (node === null || !("manifest" in node)) throw new CliError(`there is no plugin ${id}`, { code: "NOT_FOUND" });
  const manifest = PluginManifest.parse(node.manifest);
  const head = facts(
    [
      ["plugin", `${node.name}@${node.pluginVersion}`],
      ["id", node.id],
      ["", clean(manifest.description)],
      ["run type", manifest.runType],
      ["registered", time(node.registeredAt)],
    ],
    paint,
  );
  return { lines: [...head, ...manifestSections(manifest, paint)], value: node };
}

function manifestSections(manifest: PluginManifest, paint: Paint): string[] {
  const inputs = Object.entries(manifest.inputs).map(([role, { type, required, many, description }]) => [
    role,
    `${type}${many ? " (many)" : ""}${required ? "" : ", optional"}`,
    clean(description),
  ]);
  const outputs = Object.entries(manifest.outputs).map(([role, { type, required, description }]) => [
    role,
    `${type}${required ? "" : ", optional"}`,
    clean(description),
  ]);
  const titles = [{ title: "role" }, { title: "type" }, { title: "" }];
  return [
    ...section("Inputs", inputs.length === 0 ? [] : table(titles, inputs, paint)),
    ...section("Outputs", outputs.length === 0 ? [] : table(titles, outputs, paint)),
    ...section("Parameters", parameterTable(manifest, paint)),
  ];
}

function parameterTable({ parameters }: PluginManifest, paint: Paint): string[] {
  const properties = Object.entries((parameters["properties"] ?? {}) as Record<string, Record<string, unknown>>);
  if (properties.length === 0) return [];
  const required = new Set((parameters["required"] ?? []) as string[]);
  const rows = properties.map(([name, schema]) => [
    name,
    typeof schema["type"] === "string" ? schema["type"] : "",
    required.has(name) && !("default" in schema) ? "required" : clean(JSON.stringify(schema["default"]) ?? ""),
    typeof schema["description"] === "string" ? clean(schema["description"]) : "",
  ]);
  return table(
    ["parameter", "type", "default", ""].map((title) => ({ title })),
    rows,
    paint,
  );
}

export async function showRunner({ client, paint }: CliContext, id: string): Promise<Shown> {
  const { node } = await client.request(RunnerByIdDocument, { id });
  if (node === null || !("enrolledAt" in node)) throw new CliError(`there is no runner ${id}`, { code: "NOT_FOUND" });
  const { presence } = node;
  const lines = facts(
    [
      ["runner", clean(node.name)],
      ["id", node.id],
      ["state", presence === null ? paint("red", "absent") : paint("green", presence.state)],
      ["free slots", presence === null ? null : count(presence.freeSlots)],
      ["hosts", presence === null ? null : clean(presence.plugins.join(", "))],
      [
        "may run",
        clean(`${node.plugins.join(", ")} in namespaces ${node.namespaces.join(", ")}, pools ${node.pools.join(", ")}`),
      ],
      ["enrolled", time(node.enrolledAt)],
    ],
    paint,
  );
  return { lines, value: node };
}
