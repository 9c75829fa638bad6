import { setTimeout as delay } from "node:timers/promises";
import { accepted, bytes, CliError, paintFor, plural, submitRun } from "@clew/cli";
import { CreateEndpointDocument, DecideDocument, DeployDocument, EndpointDocument } from "@clew/schema/graphql";
import { FlightsClient, type FlightsOptions, NAMESPACE, outputOf } from "../flights-client.ts";
import { type Flight, flightsOf, FEATURES_SQL } from "./flights.ts";
import { eveningKpi, kpiOf } from "./kpi.ts";
import { ask } from "./traffic.ts";
import training from "./training.json" with { type: "json" };

const ENDPOINT = `${NAMESPACE}/delay`;
const WARN_FROM = 0.35;

export async function runExample(options: FlightsOptions): Promise<void> {
  const flights = new FlightsClient(options);
  const { client } = flights;
  const weather = await flights.publish("weather", "weather.parquet");
  const planes = await flights.publish("planes", "planes.parquet");
  const quarter = await flights.publish("quarter", ...["01", "02", "03"].map((m) => `flights-2013-${m}.parquet`));
  const code = await flights.recordCode();
  const run = await flights.run("train on January to March", {
    namespace: NAMESPACE,
    name: "train",
    ...(await flights.plugin("train-tfjs")),
    parameters: { ...training, sql: `${FEATURES_SQL}\nQUALIFY d.arr_delay IS NOT NULL` },
    inputs: [
      { role: "data", node: quarter.id },
      { role: "join", node: weather.id },
      { role: "join", node: planes.id },
    ],
    outputs: [{ role: "model", key: `${NAMESPACE}/arrival-delay` }],
    code,
    seed: 2013,
  });
  const model = outputOf(run, "model");
  accepted(
    (
      await client.request(DecideDocument, {
        input: { about: model, decisionType: "APPROVAL", reason: "try", basis: [] },
      })
    ).decide,
  );
  accepted(
    (await client.request(CreateEndpointDocument, { input: { namespace: NAMESPACE, name: "delay" } })).createEndpoint,
  );
  await flights.plugin("serve-models");
  await submitRun(client, {
    namespace: NAMESPACE,
    plugin: "serve-models",
    endpoint: ENDPOINT,
    parameters: { backend: "wasm" },
  });
  const { deployment } = accepted(
    (
      await client.request(DeployDocument, {
        input: { endpoint: ENDPOINT, serves: [{ modelVersion: model }], reason: "try" },
      })
    ).deploy,
  );
  let url: string | undefined;
  while (url === undefined) {
    const { endpoint } = await client.request(EndpointDocument, { key: ENDPOINT });
    if (endpoint?.activeDeployment?.id === deployment!.id) url = endpoint.listensAt[0];
    await delay(300);
  }
  for (const month of ["04", "05"]) {
    await flights.inStep(`traffic of ${month}`, async (step) => {
      const all: Flight[] = await flightsOf(month);
      const asked = await ask(`${url}/v2/models/delay`, all, (n) => step.update(plural(n, "flight")));
      const own = kpiOf(all, (_, at) => asked[at]!.probability >= WARN_FROM);
      step.done(JSON.stringify({ own, before: eveningKpi(all) }));
    });
  }
}
