import { execFile } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../cli/src/services/ports.ts";
import { Environment } from "../runners/node/src/config.ts";
import { readConfig, VARIABLES } from "../server/src/config/config.ts";
import { startTestServer, type TestServer } from "../test/support/server.ts";
import { all, envOf, execForm, readDockerfile, ROOT, type Stage } from "./read-files.ts";

const NODE_IMAGE = /^node:24-/;
/** What a package of Debian brings to the PATH, for the programs that are named here. */
const PROGRAMS_OF: Readonly<Record<string, string>> = { python3: "python3" };

interface PackageJson {
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly workspaces?: readonly string[];
  readonly name: string;
}
const packageAt = (folder: string) => JSON.parse(readFileSync(`${ROOT}${folder}/package.json`, "utf8")) as PackageJson;
const WORKSPACES = globSync([...(packageAt(".").workspaces ?? [])], { cwd: ROOT }).filter((folder) =>
  existsSync(`${ROOT}${folder}/package.json`),
);
const IGNORED = readFileSync(`${ROOT}.dockerignore`, "utf8").split("\n").filter(Boolean);

interface Copy {
  readonly from: string | null;
  readonly sources: readonly string[];
  readonly target: string;
}

function copies(stage: Stage): readonly Copy[] {
  return all(stage, "COPY").map((rest) => {
    const words = rest.split(/\s+/).filter((word) => !word.startsWith("--"));
    const from = /--from=(\S+)/.exec(rest)?.[1] ?? null;
    return { from, sources: words.slice(0, -1), target: words.at(-1) ?? "" };
  });
}

const installOf = (stage: Stage) => all(stage, "RUN").find((run) => run.startsWith("npm ci")) ?? "";

/** Whether Node finds the file: itself, or the source that `tsc -b` makes it from. */
function isMade(path: string): boolean {
  return existsSync(ROOT + path) || existsSync(ROOT + path.replace("/dist/", "/src/").replace(/\.js$/, ".ts"));
}

describe.each(["server.Dockerfile", "runner.Dockerfile"])("%s", (name) => {
  const stages = readDockerfile(name);
  const last = stages.at(-1) as Stage;
  const installing = stages.find((stage) => installOf(stage) !== "") as Stage;

  test("copies only what is there", () => {
    for (const stage of stages) {
      for (const { from, sources } of copies(stage).filter((copy) => copy.from === null)) {
        expect(from).toBeNull();
        for (const source of sources) {
          expect(existsSync(ROOT + source), source).toBe(true);
          expect(IGNORED, source).not.toContain(source);
        }
      }
    }
  });

  test("takes from an earlier stage only what that stage has", () => {
    for (const [index, stage] of stages.entries()) {
      for (const { from, sources } of copies(stage).filter((copy) => copy.from !== null)) {
        const earlier = stages.slice(0, index).find((other) => other.name === from);
        if (earlier === undefined) throw new Error(`no stage ${from} before the copy of ${sources.join(" ")}`);
        const folder = all(earlier, "WORKDIR")[0];
        const has = ["node_modules", ...copies(earlier).flatMap((copy) => copy.sources)];
        for (const source of sources) {
          // A stage without a folder of its own is a bare Node image, which has its program and npm under /usr/local.
          if (folder === undefined) expect(source).toMatch(/^\/usr\/local\/(bin\/node|lib\/node_modules)$/);
          else expect(has).toContain(source.slice(folder.length + 1));
        }
      }
    }
  });

  test("gives npm every workspace of the lock file before it installs", () => {
    const before = installing.instructions.findIndex(({ rest }) => rest.startsWith("npm ci"));
    const given = { ...installing, instructions: installing.instructions.slice(0, before) };
    const manifests = copies(given).flatMap(({ sources }) => sources);
    expect(manifests).toEqual(expect.arrayContaining(["package.json", "package-lock.json"]));
    expect(
      manifests
        .filter((path) => /.\/package\.json$/.test(path))
        .map(dirname)
        .sort(),
    ).toEqual(WORKSPACES.sort());
    // An install script of TensorFlow's would put a GPU library into an image that has no use for it.
    expect(installOf(installing)).toContain("--ignore-scripts");
  });

  test("holds the packages that run there, without those that build and test", () => {
    const from = copies(last).find(({ sources }) =>
      sources.some((source) => source.endsWith("/clew/node_modules")),
    )?.from;
    const install = installOf(stages.find((stage) => stage.name === from) ?? last);
    expect(install).toContain("--omit=dev --");
    expect(install).toContain("--include-workspace-root=false");
  });

  test("runs as a user that is there and is not root", () => {
    const [user = "root"] = all(last, "USER");
    expect(["root", "0"]).not.toContain(user);
    const isMade = all(last, "RUN").some((run) => new RegExp(`useradd .*\\b${user}\\b`).test(run));
    expect(isMade || (user === "node" && NODE_IMAGE.test(last.base))).toBe(true);
    const ran = last.instructions.map(({ keyword }) => keyword);
    expect(ran.lastIndexOf("RUN"), "nothing is made after USER").toBeLessThan(ran.indexOf("USER"));
  });

  test("its command and its health check name programs and files that are there", () => {
    const commands = [...all(last, "CMD"), ...all(last, "HEALTHCHECK")].map(execForm);
    expect(commands).toHaveLength(2);
    const hasNode = NODE_IMAGE.test(last.base) || copies(last).some(({ target }) => target === "/usr/local/bin/node");
    for (const [program = "", ...args] of commands) {
      const debian = PROGRAMS_OF[program] ?? "none";
      const isInstalled = all(last, "RUN").some((run) => new RegExp(`apt-get install .*\\b${debian}\\b`).test(run));
      expect(program === "node" ? hasNode : isInstalled, program).toBe(true);
      for (const path of args.filter((arg) => /^[\w/-]+\.[jt]s$/.test(arg))) {
        expect(isMade(path), path).toBe(true);
        const top = path.split("/")[0];
        expect(
          copies(last).map(({ target }) => target),
          path,
        ).toContain(top);
      }
    }
  });

  test("sets only variables that its program reads, to values it takes", () => {
    const env = envOf(last);
    const known = name.startsWith("server") ? Object.values(VARIABLES) : Object.keys(Environment.shape);
    for (const variable of Object.keys(env).filter((key) => key !== "NODE_ENV")) expect(known).toContain(variable);
  });
});

describe("the runner's image", () => {
  const last = readDockerfile("runner.Dockerfile").at(-1) as Stage;

  test("installs each plugin that it holds, with what that depends on", () => {
    const install = installOf(last);
    for (const folder of WORKSPACES.filter((path) => existsSync(`${ROOT}${path}/plugin.json`))) {
      expect(install).toContain(`--workspace ${folder}`);
    }
    expect(install).toContain("--workspace runners/node");
    const copied = copies(last).flatMap(({ sources }) => sources);
    for (const folder of [...install.matchAll(/--workspace (\S+)/g)].map((found) => found[1] ?? "")) {
      const own = Object.keys(packageAt(folder).dependencies ?? {}).filter((key) => key.startsWith("@clew/"));
      for (const key of own) {
        const home = WORKSPACES.find((path) => packageAt(path).name === key) ?? key;
        expect(
          copied.some((source) => home === source || home.startsWith(`${source}/`)),
          key,
        ).toBe(true);
      }
    }
  });

  test("fetches TensorFlow's GPU library where GPU=1, as npm run gpu:install does", () => {
    expect(all(last, "ARG")).toContain("GPU=0");
    expect(all(last, "RUN")).toContain('if [ "$GPU" = "1" ]; then npm run gpu:install; fi');
    const fetched = /npm rebuild --ignore-scripts=false (\S+)$/.exec(
      packageAt(".").scripts?.["gpu:install"] ?? "",
    )?.[1];
    expect(Object.keys(packageAt("plugins/tabular").optionalDependencies ?? {})).toContain(fetched);
    expect(installOf(last)).not.toContain("--omit=optional");
  });
});

describe("the server's health check, run as the engine would", () => {
  const last = readDockerfile("server.Dockerfile").at(-1) as Stage;
  let server: TestServer;
  let isStopped = false;
  beforeAll(async () => {
    // One that nobody else is given once the server has stopped.
    server = await startTestServer({ port: await freePort() });
  });
  afterAll(() => (isStopped ? undefined : server.stop()));

  const status = async (port: string): Promise<number> => {
    const [, ...args] = execForm(all(last, "HEALTHCHECK")[0] ?? "");
    const env = { ...process.env, ...envOf(last), CLEW_PORT: port };
    const ended = promisify(execFile)(process.execPath, args, { env });
    return await ended.then(
      () => 0,
      (error: { readonly code: number }) => error.code,
    );
  };

  test("is well while the server is ready, and ill once it is gone", async () => {
    const { port } = new URL(server.url);
    expect(await status(port)).toBe(0);
    await server.stop();
    isStopped = true;
    expect(await status(port)).toBe(1);
  });

  test("asks on the port that the image exposes and the server listens on", () => {
    expect(all(last, "EXPOSE")).toEqual([envOf(last)["CLEW_PORT"]]);
    expect(readConfig(envOf(last))).toMatchObject({ port: 4000, host: "0.0.0.0", dataDir: "/data" });
    expect(all(last, "HEALTHCHECK")[0]).toContain("process.env.CLEW_PORT");
  });
});
