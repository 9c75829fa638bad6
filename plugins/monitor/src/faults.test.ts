import { aVersion } from "../../tabular/test/a-version.ts";
import { ALL_NULL, FAULTS, MIXED, ONE_ROW, testFaults } from "../../tabular/test/faults.ts";
import { HOURLY } from "../test/stream.fixture.ts";
import type { MonitoringJob } from "./job-types.ts";
import { plugin } from "./plugin.ts";
import { readReference } from "./reference.ts";

const FEATURES = [
  { name: "load", kind: "numeric" },
  { name: "port", kind: "categorical" },
];

testFaults([...FAULTS, MIXED, ONE_ROW, ALL_NULL], async (files) => {
  const parameters = await plugin.parseParameters({ ...HOURLY, features: FEATURES });
  const job = { parameters, inputs: { reference: [await aVersion("tests/data@1", files)] } };
  return await readReference(job as unknown as MonitoringJob);
});
