import { CliError } from "@clew/cli";
import { z } from "zod";
import type { Flight } from "./flights.ts";

/** Flights of one request: those that a page of the airport's board shows. */
const ROWS_A_REQUEST = 40;

/** What the endpoint answered of one flight. */
export interface Asked {
  readonly flight: Flight;
  /** With the row, where the flight's outcome belongs once it is known. */
  readonly inference: string;
  readonly row: number;
  /** That it will be late, 0 to 1. */
  readonly probability: number;
}

const Metadata = z.object({ inputs: z.array(z.object({ name: z.string(), datatype: z.string() })) });
type Inputs = z.infer<typeof Metadata>["inputs"];

const Answer = z.object({
  parameters: z.object({ inference_id: z.string() }),
  outputs: z.tuple([z.object({ data: z.array(z.number()) })]),
});

/**
 * Asks an endpoint by the Open Inference Protocol, as the airport's board would: page after page, so that the same flights fill the monitor's windows each
 * time. Answers in the flights' order.
 */
export async function ask(
  url: string,
  flights: readonly Flight[],
  onProgress: (asked: number) => void,
): Promise<Asked[]> {
  const { inputs } = Metadata.parse(await (await fetch(url)).json());
  const asked: Asked[] = [];
  for (let from = 0; from < flights.length; from += ROWS_A_REQUEST) {
    asked.push(...(await askPage(url, inputs, flights.slice(from, from + ROWS_A_REQUEST))));
    onProgress(asked.length);
  }
  return asked;
}

async function askPage(url: string, inputs: Inputs, flights: readonly Flight[]): Promise<Asked[]> {
  const tensors = inputs.map(({ name, datatype }) => {
    return { name, datatype, shape: [flights.length], data: flights.map((flight) => flight.features[name] ?? null) };
  });
  const response = await fetch(`${url}/infer`, { method: "POST", body: JSON.stringify({ inputs: tensors }) });
  const text = await response.text();
  if (!response.ok) throw new CliError(`the endpoint answers ${response.status}: ${text}`);
  const { parameters, outputs } = Answer.parse(JSON.parse(text));
  return flights.map((flight, row) => {
    return { flight, inference: parameters.inference_id, row, probability: outputs[0].data[row]! };
  });
}
