import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { Environment } from "../runners/node/src/config.ts";
import { readConfig as readRunnerConfig } from "../runners/node/src/config.ts";
import { readConfig, VARIABLES } from "../server/src/config/config.ts";
import { all, envOf, readCompose, readDockerfile, ROOT, type Service, type Stage } from "./read-files.ts";

const { services, volumes } = readCompose();
const TEXT = readFileSync(`${ROOT}docker/compose.yml`, "utf8");
const SERVICES = Object.entries(services);
/** Ports that the images of others listen on when nothing else is said. */
const PORTS: Readonly<Record<string, string>> = { postgres: "5432", neo4j: "7687" };
/** Made by who runs it, as the head of compose.yml says. */
const BY_OPERATOR = ["runner.creds"];

const lastStage = (service: Service): Stage | null =>
  service.build === undefined ? null : (readDockerfile(basename(service.build.dockerfile)).at(-1) as Stage);
const named = (name: string): Service => {
  const service = services[name];
  if (service === undefined) throw new Error(`compose.yml has no service ${name}`);
  return service;
};
const endsByItself = (name: string) =>
  SERVICES.some(([, { depends_on }]) => depends_on[name]?.condition === "service_completed_successfully");
/** As compose fills in variables; those that must be set are "x". */
const filled = (text: string) =>
  text.replaceAll(/\$\{(\w+)(:[-?])?([^}]*)\}/g, (_, _name, kind: string, rest: string) =>
    kind === ":-" ? rest : "x",
  );
const environmentOf = ({ environment }: Service) =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filled(value)]));
const mounts = (service: Service) =>
  service.volumes.map((mount) => {
    const [source = "", target = "", mode = ""] = mount.split(":");
    return { source, target, mode };
  });

test("each service is built from files that are there, or from an image with a version", () => {
  for (const [name, { image, build }] of SERVICES) {
    expect((image === undefined) !== (build === undefined), name).toBe(true);
    if (image !== undefined) expect(image).toMatch(/:[0-9.]+[\w.-]*$/);
    if (build === undefined) continue;
    expect(build.context).toBe("..");
    expect(existsSync(ROOT + build.dockerfile), build.dockerfile).toBe(true);
    const text = readFileSync(ROOT + build.dockerfile, "utf8");
    for (const argument of Object.keys(build.args)) expect(text).toMatch(new RegExp(`^ARG ${argument}=`, "m"));
  }
});

test("each volume is declared and used, and each file that is mounted is there or said to be made", () => {
  const used = new Set<string>();
  for (const { source } of SERVICES.flatMap(([, service]) => mounts(service))) {
    if (!source.startsWith("./")) used.add(source);
    else if (BY_OPERATOR.includes(source.slice(2))) expect(TEXT).toContain(`--creds docker/${source.slice(2)}`);
    else expect(existsSync(`${ROOT}docker/${source}`), source).toBe(true);
  }
  expect([...used].sort()).toEqual(Object.keys(volumes).sort());
});

test("each service that stays has a health check, and who waits for one waits for what there is", () => {
  for (const [name, service] of SERVICES) {
    const stage = lastStage(service);
    const hasCheck =
      service.healthcheck === undefined
        ? stage !== null && all(stage, "HEALTHCHECK").length === 1
        : "test" in service.healthcheck;
    expect(hasCheck, name).toBe(!endsByItself(name));
    for (const [other, { condition }] of Object.entries(service.depends_on)) {
      expect(Object.keys(services)).toContain(other);
      if (condition === "service_healthy") expect(endsByItself(other), `${name} waits for ${other}`).toBe(false);
      const profiles = named(other).profiles;
      expect(profiles.every((profile) => service.profiles.includes(profile))).toBe(true);
    }
  }
});

test("the server's and the runners' variables are ones they read, and make a configuration", () => {
  const server = environmentOf(named("server"));
  for (const variable of Object.keys(server)) expect(Object.values(VARIABLES)).toContain(variable);
  expect(readConfig({ ...envOf(lastStage(named("server")) as Stage), ...server })).toMatchObject({
    neo4jUrl: "bolt://neo4j:7687",
    natsUrl: "nats://nats:4222",
  });
  for (const name of ["runner", "runner-gpu"]) {
    const runner = environmentOf(named(name));
    for (const variable of Object.keys(runner)) expect(Object.keys(Environment.shape)).toContain(variable);
    const identity = { CLEW_RUNNER_ID: `Runner:${"0".repeat(32)}`, CLEW_RUNNER_TOKEN: "x" };
    const image = envOf(lastStage(named(name)) as Stage);
    expect(readRunnerConfig({ ...image, ...runner, ...identity })).toMatchObject({ serverUrl: "http://server:4000" });
  }
});

test("each address leads to a service that is waited for or comes first, on the port that it listens on", () => {
  const listening = (name: string): string => {
    const stage = lastStage(named(name));
    if (stage !== null) return envOf(stage)["CLEW_PORT"] ?? "";
    const nats = /^listen: \S+:(\d+)$/m.exec(readFileSync(`${ROOT}docker/nats.conf`, "utf8"))?.[1];
    return name === "nats" ? (nats ?? "") : (PORTS[name] ?? "");
  };
  const addresses = SERVICES.flatMap(([name, service]) =>
    Object.entries(environmentOf(service))
      .filter(([variable]) => variable.endsWith("_URL"))
      .map(([, value]) => ({ name, url: new URL(value) })),
  );
  expect(addresses.length).toBeGreaterThanOrEqual(7);
  for (const { name, url } of addresses) {
    expect(`${name} → ${url.hostname}:${url.port}`).toBe(`${name} → ${url.hostname}:${listening(url.hostname)}`);
  }
  for (const [name, service] of SERVICES) {
    for (const port of service.ports) expect(port).toBe(`127.0.0.1:${listening(name)}:${listening(name)}`);
  }
});

test("NATS finds its configuration, and is asked for its health where it answers", () => {
  const { command = [], healthcheck } = named("nats");
  const conf = readFileSync(`${ROOT}docker/nats.conf`, "utf8");
  const [flag, path] = command;
  expect(flag).toBe("--config");
  expect(mounts(named("nats")).find(({ source }) => source === "./nats.conf")).toMatchObject({
    target: path,
    mode: "ro",
  });
  const monitoring = /^http: \S+:(\d+)$/m.exec(conf)?.[1];
  expect(JSON.stringify(healthcheck)).toContain(`http://127.0.0.1:${monitoring}/healthz`);
  expect(mounts(named("nats")).map(({ target }) => target)).toContain(/store_dir: (\S+)/.exec(conf)?.[1]);
});

test("nats-trust makes each file that the server and NATS take from its volume", () => {
  const [node, script = "", target] = named("nats-trust").command ?? [];
  expect([node, target]).toEqual(["node", mounts(named("nats-trust"))[0]?.target]);
  const source = script.replace("/dist/", "/src/").replace(/\.js$/, ".ts");
  const folder = mkdtempSync(join(tmpdir(), "clew-trust-"));
  try {
    const { status } = spawnSync(process.execPath, ["--conditions=clew-src", source, folder], { cwd: ROOT });
    expect(status).toBe(0);
    const made = readdirSync(folder);
    const server = environmentOf(named("server"));
    const at = mounts(named("server")).find((mount) => mount.source === "nats-trust")?.target;
    for (const variable of ["CLEW_NATS_CREDS", "CLEW_NATS_SIGNING_KEY"]) {
      const path = server[variable] ?? "";
      expect(made.map((file) => `${at}/${file}`)).toContain(path);
    }
    const included = /include "(.+)"/.exec(readFileSync(`${ROOT}docker/nats.conf`, "utf8"))?.[1] ?? "";
    const natsAt = mounts(named("nats")).find((mount) => mount.source === "nats-trust")?.target;
    expect(made.map((file) => `${natsAt}/${file}`)).toContain(join("/etc/nats", included));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the files that a runner names lie where something is mounted", () => {
  for (const name of ["runner", "runner-gpu"]) {
    const targets = mounts(named(name)).map(({ target }) => target);
    expect(targets).toContain(environmentOf(named(name))["CLEW_NATS_CREDS"]);
    expect(targets).toContain(envOf(lastStage(named(name)) as Stage)["CLEW_WORK_DIR"]);
  }
});

test("the GPU's runner has TensorFlow's GPU library, and a base with the CUDA that this was built for", () => {
  const { build, profiles, deploy } = named("runner-gpu");
  expect(profiles).toEqual(["gpu"]);
  expect(build?.args["GPU"]).toBe("1");
  const constants = `${ROOT}node_modules/@tensorflow/tfjs-node-gpu/scripts/deps-constants.js`;
  const library = /LIBTENSORFLOW_VERSION = '(\d+\.\d+)/.exec(readFileSync(constants, "utf8"))?.[1];
  // tensorflow.org/install/source#gpu: 2.5 to 2.11 are built for CUDA 11.2 (any 11 from there on serves) and cuDNN 8.1.
  expect(library).toBe("2.9");
  expect(build?.args["BASE"]).toMatch(/^nvidia\/cuda:11\.[2-8]\.\d+-cudnn8-runtime-/);
  expect(JSON.stringify(deploy)).toContain('"capabilities":["gpu"]');
});

test("every variable that must be set is named at the head", () => {
  const head = TEXT.slice(0, TEXT.indexOf("name: clew"));
  const asked = [...TEXT.matchAll(/(?<!\$)\$\{(CLEW_\w+)/g)].map((found) => found[1] ?? "");
  expect(asked.length).toBeGreaterThan(3);
  for (const variable of asked) expect(head).toContain(variable);
});
