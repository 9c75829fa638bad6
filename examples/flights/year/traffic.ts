import { CliError } from "@clew/cli";
import { z } from "zod";
import type { Flight } from "./flights.ts";

/** Flights of one request: those that a page of the airport's board shows. */
const ROWS_A_REQUEST = 40;
const CONNECTIONS = 4;

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

/** Asks an endpoint by the Open Inference Protocol, as the airport's board would: some flights at a time, over a few connections. Answers in the flights' order. */
export async function ask(
  url: string,
  flights: readonly Flight[],
  onProgress: (asked: number) => void,
): Promise<Asked[]> {
  const { inputs } = Metadata.parse(await (await fetch(url)).json());
  const pages: Flight[][] = [];
  for (let from = 0; from < flights.length; from += ROWS_A_REQUEST)
    pages.push(flights.slice(from, from + ROWS_A_REQUEST));
  const answers: Asked[][] = pages.map(() => []);
  let next = 0;
  let asked = 0;
  const client = async () => {
    for (let page = next++; page < pages.length; page = next++) {
      answers[page] = await askPage(url, inputs, pages[page]!);
      asked += answers[page]!.length;
      onProgress(asked);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  return answers.flat();
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
