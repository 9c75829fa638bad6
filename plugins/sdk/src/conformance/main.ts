import { parseArgs, styleText } from "node:util";
import { type CheckResult, type ConformanceReport, runConformance } from "./run-conformance.ts";

const USAGE = `clew-plugin-test [--json] <plugin folder>…
Checks that a plugin, of any language, keeps the job protocol. Status 1: a check failed; 2: wrong usage.`;

const MARKS = { pass: ["green", "✓"], fail: ["red", "✗"], skip: ["yellow", "–"] } as const;

const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: "boolean" } } });
if (positionals.length === 0) {
  console.error(USAGE);
  process.exitCode = 2;
}
for (const dir of positionals) {
  const report = await runConformance(dir);
  console.log(values.json === true ? JSON.stringify(report) : asText(report));
  if (!report.passed) process.exitCode = 1;
}

function asText(report: ConformanceReport): string {
  const failed = report.checks.filter(({ status }) => status === "fail").length;
  const verdict = report.passed ? styleText("green", "conforms") : styleText("red", `${failed} failed`);
  return [styleText("bold", report.plugin ?? report.dir), ...report.checks.map(asLine), verdict].join("\n");
}

function asLine({ status, title, detail, durationMs }: CheckResult): string {
  const [colour, mark] = MARKS[status];
  const seconds = styleText("dim", `${(durationMs / 1000).toFixed(1)} s`);
  const note =
    detail === "" ? "" : `\n      ${status === "fail" ? styleText(colour, detail) : styleText("dim", detail)}`;
  return `  ${styleText(colour, mark)} ${title} ${seconds}${note}`;
}
