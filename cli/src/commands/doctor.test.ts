import { describe, expect, it } from "vitest";
import { plain } from "../terminal/paint.ts";
import { findingLines, nodeVersion, runnersHere } from "./doctor.ts";

describe("doctor", () => {
  it.each([
    ["22.17.1", "missing"],
    ["22.18.0", "ok"],
    ["20.20.2", "missing"],
    ["24.0.0", "ok"],
  ])("finds Node %s %s", (version, health) => expect(nodeVersion(version).health).toBe(health));

  it("misses runners that are enrolled but not there", () => {
    const absent = { name: "local", presence: null };
    expect(runnersHere([absent])).toMatchObject({ health: "missing", detail: "none of 1 enrolled is there" });
    const present = { name: "gpu", presence: { state: "ready", plugins: ["train-tfjs@1.0.0"] } };
    expect(runnersHere([absent, present])).toMatchObject({ health: "ok", detail: "gpu (ready: train-tfjs@1.0.0)" });
  });

  it("marks each finding and says what to do", () => {
    const lines = findingLines(
      [
        { what: "Node", health: "ok", detail: "24.21.0", advice: "" },
        { what: "server", health: "missing", detail: "none answers", advice: "start one" },
        { what: "neo4j", health: "optional", detail: "", advice: "The first start installs it." },
      ],
      plain,
    );
    expect(lines).toEqual([
      "✓  Node    24.21.0",
      "✗  server  none answers: start one",
      "–  neo4j   The first start installs it.",
    ]);
  });
});
