import { expect, it } from "vitest";
import { Stops } from "./stops.ts";

it("stops everything once and in reverse, also behind one that will not stop", async () => {
  const stopped: string[] = [];
  const said: string[] = [];
  const stops = new Stops();
  for (const name of ["nats", "server", "runner"]) {
    stops.add(name, async () => {
      if (name === "server") throw new Error("stuck");
      stopped.push(name);
    });
  }
  await Promise.all([stops.stopAll((line) => said.push(line)), stops.stopAll((line) => said.push(line))]);
  expect(stopped).toEqual(["runner", "nats"]);
  expect(said).toEqual(["server did not stop well: stuck"]);
});
