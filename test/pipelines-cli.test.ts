import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PipelineDefinition, PluginManifest } from "@clew/schema";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { definitionErrors } from "../server/src/features/pipelines/check-definition.ts";
import { aRunner } from "./support/builders.ts";
import { ROOT } from "./support/child.ts";
import { clew, runClew } from "./support/clew.ts";
import { aModelOutput, aPipeline, aProject, endOf, workOn, workOnAll } from "./support/pipelines.ts";
import { aFolder } from "./support/runner-host.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function aFile(text: string): Promise<string> {
  const file = join(await aFolder("pipeline"), "pipeline.yaml");
  await writeFile(file, text);
  return file;
}

test("a definition in YAML is published, listed and shown, and is the same version as in GraphQL", async () => {
  const { namespace, train, inputs } = await aProject(server);
  const definition = { description: "As it was.", inputs, steps: { train } };
  const [key, file] = [`${namespace}/retrain`, await aFile(stringify(definition))];
  expect(await clew(server, "pipeline", "publish", key, file)).toBe(`${key}@1`);
  expect(await aPipeline(server, definition, { namespace, name: "retrain" })).toBe(`${key}@1`);
  const changed = await aFile(stringify({ ...definition, description: "As it is." }));
  expect(await clew(server, "pipeline", "publish", key, changed)).toBe(`${key}@2`);
  expect(await clew(server, "ls", "pipelines", "--namespace", namespace)).toMatch(/\/retrain +2 /);
  expect(await clew(server, "ls", "pipeline-versions", "--of", key)).toMatch(/retrain@2 .*administrator[^]*retrain@1/);
  expect(await clew(server, "show", key)).toMatch(/^versions +2$/m);
  const shown = await clew(server, "show", `${key}@2`);
  expect(shown).toContain("  description: As it is.");
  expect(shown).toContain(`      plugin: ${train.plugin}`);
});

test("what is wrong with a definition is told with where it is", async () => {
  const { namespace } = await aProject(server);
  const publish = async (text: string) => runClew(server, "pipeline", "publish", `${namespace}/p`, await aFile(text));
  const unknown = await publish("steps:\n  train: {type: run, plugin: no-such-plugin, after: [nowhere]}\n");
  expect(unknown).toMatchObject({ status: 1, text: expect.stringContaining("there is no step nowhere") });
  expect(unknown.text).toContain("no runner has offered the plugin no-such-plugin");
  expect(await publish("steps: [\n")).toMatchObject({ status: 2, text: expect.stringContaining("cannot be used") });
});

test("a run is followed step by step, and a part of it is run again", async () => {
  const { namespace, train, evaluate, inputs, rows } = await aProject(server);
  const steps = {
    train,
    evaluate: { ...evaluate, inputs: { train: [{ input: "rows" }], model: evaluate.inputs.model } },
  };
  const pipeline = await aPipeline(server, { inputs, steps }, { namespace, name: "retrain" });
  const following = runClew(
    server,
    "pipeline",
    "run",
    `${namespace}/retrain`,
    "--input",
    `rows=${rows.key}`,
    "--wait",
    "--key",
    "k",
  );
  const run = await aPipelineRunOf(pipeline);
  await workOn(server, run, "train", { outputs: [await aModelOutput(server)] });
  const failure = { type: "PLUGIN_ERROR" as const, message: "out of ideas", retryable: false };
  await workOn(server, run, "evaluate", { failure });
  const { status, text } = await following;
  expect(status, text).toBe(1);
  expect(text).toMatch(/^ {2}SUCCEEDED train/m);
  expect(text).toMatch(/^ {2}FAILED evaluate: out of ideas/m);
  expect(text).toMatch(/✗ .*FAILED, the step evaluate: out of ideas/);
  const again = runClew(server, "pipeline", "rerun", run, "--from", "evaluate", "--wait");
  const runner = await aRunner(server);
  let done = 0;
  while (done === 0) done = await workOnAll(server, namespace, runner);
  const second = await again;
  expect(second.status, second.text).toBe(0);
  expect(second.text).toMatch(/^ {2}train +REUSED .*\n {4}evaluate +SUCCEEDED/m);
  const [id] = /Run:[0-9a-f-]+/.exec(second.text)!;
  expect(await clew(server, "show", id)).toMatch(/^ {2}train +REUSED .*\n {4}evaluate +SUCCEEDED/m);
  expect((await endOf(server, id)).state).toBe("SUCCEEDED");
});

/** The run that the command line has started: the same key and input again answers it. */
async function aPipelineRunOf(pipeline: string): Promise<string> {
  const text = `query A { runs(runTypes: [PIPELINE], orderBy: NEWEST, first: 1) { nodes { id inputs { role node { ... on PipelineVersion { key } } } } } }`;
  for (;;) {
    const { data } = await server.gql(text);
    const [found] = data.runs.nodes;
    if (found?.inputs.some(({ node }: { node: { key?: string } }) => node.key === pipeline)) return found.id;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("the example's definition fits the plugins of this repository", async () => {
  const read = (path: string) => readFile(join(ROOT, path), "utf8");
  const definition = PipelineDefinition.parse(parse(await read("examples/flights/retrain.yaml")));
  const named = Object.entries(definition.steps).flatMap(([name, step]) =>
    step.type === "run" ? [{ name, plugin: step.plugin }] : [],
  );
  const manifests = await Promise.all(
    named.map(async ({ name, plugin }) => {
      return [name, PluginManifest.parse(JSON.parse(await read(`plugins/${plugin}/plugin.json`)))] as const;
    }),
  );
  expect(definitionErrors(definition, { namespace: "flights", manifests: new Map(manifests) })).toEqual([]);
});
