import { execFile } from "node:child_process";
import { cp, mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { aFolder, aPackageFolder } from "../../test/a-job.ts";
import { loadFixture } from "../conformance/fixture.ts";
import { runConformance } from "../conformance/run-conformance.ts";
import { Workshop } from "../conformance/workshop.ts";
import { declaredManifest } from "../host/declared-manifest.ts";
import { loadManifest } from "../host/load-manifest.ts";
import { renderTemplate } from "./render-template.ts";
import { type PluginLanguage, type ScaffoldOptions, scaffoldPlugin } from "./scaffold-plugin.ts";

const GRACE_MS = 8000;
/** Many processes, on a machine that may have much else to do. */
const TIMEOUT_MS = 90_000;

test.each<[PluginLanguage, ScaffoldOptions["runType"], string[]]>([
  ["node", "TRAINING", ["prestart", "watches"]],
  ["python", "PREPARATION", ["prestart", "watches"]],
  ["command", "EVALUATION", ["declared", "prestart", "watches"]],
])("a new %s plugin for %s passes the kit as it is", { timeout: TIMEOUT_MS }, async (language, runType, skipped) => {
  const dir = join(await aPackageFolder({}), "fresh");
  await scaffoldPlugin(dir, { name: "fresh", runType, language });
  const { checks } = await runConformance(dir, GRACE_MS);
  expect(checks.filter((check) => check.status !== "pass" && !skipped.includes(check.id))).toEqual([]);
});

test("a new node plugin outside of the workspace passes the kit once its packages are linked", {
  timeout: TIMEOUT_MS,
}, async () => {
  const dir = join(await aFolder(), "fresh");
  const sdk = fileURLToPath(new URL("../..", import.meta.url));
  const outside = { sdk: `file:${sdk}`, devDependencies: { vitest: "5.1.1" } };
  const files = await scaffoldPlugin(dir, { name: "fresh", runType: "TRAINING", language: "node", outside });
  expect(files).toContain("vitest.config.ts");
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(dir, "package.json"), "utf8")) as Record<
    string,
    Record<string, string>
  >;
  expect([dependencies?.["@clew/plugin-sdk"], devDependencies]).toEqual([`file:${sdk}`, outside.devDependencies]);
  expect(await readFile(join(dir, "tsconfig.json"), "utf8")).not.toContain("../");
  // As `npm install` does.
  await mkdir(join(dir, "node_modules", "@clew"), { recursive: true });
  await symlink(sdk, join(dir, "node_modules", "@clew", "plugin-sdk"));
  await cp(join(sdk, "../../node_modules/zod"), join(dir, "node_modules", "zod"), { recursive: true });
  const { checks } = await runConformance(dir, GRACE_MS);
  expect(checks.filter(({ status, id }) => status !== "pass" && !["prestart", "watches"].includes(id))).toEqual([]);
});

test.each(["python", "command"] as const)(
  "a new %s plugin outside of the workspace says where the programs are found that test it",
  async (language) => {
    const dir = join(await aFolder(), "fresh");
    const outside = { sdk: "*", devDependencies: {} };
    await scaffoldPlugin(dir, { name: "fresh", runType: "TRAINING", language, outside });
    const text = await readFile(join(dir, "README.md"), "utf8");
    expect(text).toContain("In the checkout of Clew");
    expect(text).toContain("npx clew-plugin-test path/to/fresh");
    expect(text).not.toMatch(/npx clew-plugin-\S+( --write)? \./);
  },
);

const OUTPUTS = [
  ["TRAINING", "ModelVersion"],
  ["PREPARATION", "DatasetVersion"],
  ["EVALUATION", "Report"],
] as const;
const LANGUAGES = ["node", "python", "command"] as const;
const COMBINATIONS = LANGUAGES.flatMap((language) => OUTPUTS.map((row) => [language, ...row] as const));

test.each(COMBINATIONS)(
  "a new %s plugin for %s makes a %s",
  { timeout: TIMEOUT_MS },
  async (language, runType, type) => {
    const dir = join(await aPackageFolder({}), "fresh");
    const files = await scaffoldPlugin(dir, { name: "fresh", runType, language });
    expect(files).toEqual(expect.arrayContaining(["README.md", "conformance/job.json", "plugin.json"]));
    for (const file of files) expect(await readFile(join(dir, file), "utf8")).not.toMatch(/\{\{[#/]?\w+\}\}/);
    const manifest = await loadManifest(dir);
    expect(await declaredManifest(dir)).toEqual(language === "command" ? null : manifest);
    const shop = await Workshop.open(dir, manifest, await loadFixture(dir), GRACE_MS);
    onTestFinished(async () => await shop.close());
    const { outcome } = await shop.try();
    expect(outcome.outputs.map(({ output }) => output.nodeType)).toEqual([type]);
  },
);

test("the tests of a new Python and a new command plugin pass", async () => {
  const dir = await aFolder();
  await scaffoldPlugin(join(dir, "py"), { name: "py", runType: "TRAINING", language: "python" });
  await scaffoldPlugin(join(dir, "sh"), { name: "sh", runType: "TRAINING", language: "command" });
  const run = promisify(execFile);
  const python = await run("python3", ["-B", "-m", "unittest", "discover", "-s", "test"], { cwd: join(dir, "py") });
  expect(python.stderr).toMatch(/Ran 2 tests[\s\S]*OK/);
  expect((await run("sh", ["test/run-test.sh"], { cwd: join(dir, "sh") })).stdout).toBe("ok\n");
});

test("a bad name, a run type without a template, a description that breaks code and a used folder are refused", async () => {
  const dir = await aFolder({ "used/x": "" });
  const options = { name: "fresh", runType: "TRAINING", language: "node" } as const;
  await expect(scaffoldPlugin(join(dir, "a"), { ...options, name: "Not Kebab" })).rejects.toThrow(RangeError);
  await expect(scaffoldPlugin(join(dir, "a"), { ...options, runType: "EXTERNAL" })).rejects.toThrow("no template");
  await expect(scaffoldPlugin(join(dir, "a"), { ...options, description: 'x", evil: "' })).rejects.toThrow(RangeError);
  await expect(scaffoldPlugin(join(dir, "used"), options)).rejects.toThrow("not empty");
});

test("a template keeps the blocks whose flag is set and refuses what it cannot fill", () => {
  const text = "a\n{{#x}}\nof {{name}}\n{{/x}}\n{{#y}}\nno\n{{/y}}\nz";
  expect(renderTemplate(text, new Set(["x"]), { name: "n" })).toBe("a\nof n\nz");
  expect(() => renderTemplate("{{other}}", new Set(), {})).toThrow("asks for other");
  expect(() => renderTemplate("{{#x}}\n", new Set(), {})).toThrow("not closed");
});
