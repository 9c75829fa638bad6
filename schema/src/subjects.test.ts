import { expect, test } from "vitest";
import { runnerPermissions, subjects } from "./subjects.ts";

const jobs = (plugins: string[], pools: string[]) =>
  runnerPermissions(subjects("p"), "Runner:1", { plugins, pools }).publish.filter((one) => one.includes(".jobs."));

test("a runner may make consumers of the plugins and pools of its enrolment", () => {
  expect(jobs(["a", "b"], ["x"])).toEqual([
    "$JS.API.CONSUMER.CREATE.P-JOBS.*.p.jobs.a.*.x",
    "$JS.API.CONSUMER.CREATE.P-JOBS.*.p.jobs.b.*.x",
  ]);
  expect(jobs(["*"], ["*"])).toEqual(["$JS.API.CONSUMER.CREATE.P-JOBS.*.p.jobs.*.*.*"]);
});

test("a name in an enrolment that is no name widens nothing", () => {
  expect(jobs([">", "a.>", "a b", ""], ["x"])).toEqual([]);
  expect(jobs(["a"], [">"])).toEqual([]);
});
