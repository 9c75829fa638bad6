import {
  AgentsDocument,
  CodeRepositoriesDocument,
  CodeVersionsDocument,
  DatasetVersionsDocument,
  EnvironmentsDocument,
  HyperparameterSetsDocument,
  ModelVersionsDocument,
  PipelinesDocument,
  PipelineVersionsDocument,
} from "@clew/schema/graphql";
import type { CliContext } from "../cli-context.ts";
import { agentName } from "../show/agent-name.ts";
import { tagWords } from "../show/tags.ts";
import { bytes, count, shortDigest, time } from "../terminal/format.ts";
import { clean } from "../terminal/text.ts";
import { pages } from "../pages.ts";
import { type Listing, type ListOptions, named } from "./list-pages.ts";

const JSON_SHOWN = 100;

const aliasNames = (aliases: readonly { readonly alias: string }[]) =>
  clean(aliases.map(({ alias }) => alias).join(", "));

function shortJson(value: unknown): string {
  const text = JSON.stringify(value);
  return clean(text.length > JSON_SHOWN ? `${text.slice(0, JSON_SHOWN)}…` : text);
}

export async function listDatasetVersions({ client }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(DatasetVersionsDocument, { ...page, ...filter })).datasetVersions;
  });
  const rows = items.map(({ key, rows: held, sizeBytes, digest, createdAt, aliases, tags }) => [
    clean(key),
    held === null ? "" : count(held),
    bytes(sizeBytes),
    shortDigest(digest),
    time(createdAt),
    aliasNames(aliases),
    tagWords(tags),
  ]);
  return { items, hasMore, rows, columns: named("key", "rows", "size", "digest", "created", "aliases", "tags") };
}

export async function listModelVersions({ client }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(ModelVersionsDocument, { ...page, ...filter })).modelVersions;
  });
  const rows = items.map(({ key, state, format, digest, createdAt, aliases, tags }) => [
    clean(key),
    state,
    clean(format),
    shortDigest(digest),
    time(createdAt),
    aliasNames(aliases),
    tagWords(tags),
  ]);
  return { items, hasMore, rows, columns: named("key", "state", "format", "digest", "created", "aliases", "tags") };
}

export async function listRepositories({ client }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(CodeRepositoriesDocument, { ...page, ...filter })).codeRepositories;
  });
  const rows = items.map(({ namespace, name, url, createdAt }) => [
    clean(`${namespace}/${name}`),
    time(createdAt),
    clean(url ?? ""),
  ]);
  return { items, hasMore, rows, columns: named("key", "created", "from") };
}

export async function listCodeVersions({ client }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(CodeVersionsDocument, { ...page, ...filter })).codeVersions;
  });
  const rows = items.map(({ id, namespace, name, commit, dirtyDigest, createdAt, attributedTo }) => [
    id,
    clean(`${namespace}/${name}`),
    `${commit.slice(0, 12)}${dirtyDigest === null ? "" : " with changes"}`,
    time(createdAt),
    clean(agentName(attributedTo) ?? ""),
  ]);
  return { items, hasMore, rows, columns: named("id", "repository", "commit", "created", "by") };
}

export async function listPipelines({ client }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(PipelinesDocument, { ...page, ...filter })).pipelines;
  });
  const rows = items.map(({ key, latestVersion, createdAt }) => [clean(key), count(latestVersion), time(createdAt)]);
  return { items, hasMore, rows, columns: named("key", "versions", "created") };
}

export async function listPipelineVersions({ client }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(PipelineVersionsDocument, { ...page, ...filter })).pipelineVersions;
  });
  const rows = items.map(({ key, digest, createdAt, attributedTo }) => [
    clean(key),
    shortDigest(digest),
    time(createdAt),
    clean(agentName(attributedTo) ?? ""),
  ]);
  return { items, hasMore, rows, columns: named("key", "digest", "created", "by") };
}

export async function listHyperparameterSets({ client }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(HyperparameterSetsDocument, { ...page, ...filter })).hyperparameterSets;
  });
  const rows = items.map(({ id, digest, createdAt, parameters }) => settings(id, digest, createdAt, parameters));
  return { items, hasMore, rows, columns: named("id", "digest", "created", "parameters") };
}

export async function listEnvironments({ client }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(EnvironmentsDocument, { ...page, ...filter })).environments;
  });
  const rows = items.map(({ id, digest, createdAt, values }) => settings(id, digest, createdAt, values));
  return { items, hasMore, rows, columns: named("id", "digest", "created", "values") };
}

function settings(id: string, digest: string, createdAt: string, values: unknown): string[] {
  return [id, shortDigest(digest), time(createdAt), shortJson(values)];
}

export async function listAgents({ client }: CliContext, { first, filter }: ListOptions): Promise<Listing> {
  const { items, hasMore } = await pages(first, async (page) => {
    return (await client.request(AgentsDocument, { ...page, ...filter })).agents;
  });
  const rows = items.map(({ id, name, kind, createdAt }) => [id, clean(name), kind, time(createdAt)]);
  return { items, hasMore, rows, columns: named("id", "name", "kind", "since") };
}
