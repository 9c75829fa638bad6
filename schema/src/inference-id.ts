import { uuidv7 } from "./ids.ts";

/** What an inference's id says by itself. */
export interface InferenceOrigin {
  /** The deployment's id. */
  readonly deployment: string;
  /** Which of the models that the deployment serves answered, from 0; null where none was chosen. */
  readonly place: number | null;
  /** When the request had arrived, milliseconds since 1970. */
  readonly at: number;
}

const FORM = /^([0-9a-f-]{32,36})\.(-|\d{1,3})\.([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * A new inference id: the deployment's token, the model's place among those it serves ("-" for none) and a UUIDv7, with dots between. It can be
 * traced when nothing of the inference was kept, as long as the ledger knows the deployment.
 */
export function newInferenceId({ deployment, place, at }: InferenceOrigin): string {
  return `${deployment.slice(deployment.indexOf(":") + 1)}.${place ?? "-"}.${uuidv7(at)}`;
}

/** Null where the text is no inference's id. */
export function readInferenceId(text: string): InferenceOrigin | null {
  const [, token, place, high, low] = FORM.exec(text) ?? [];
  if (token === undefined) return null;
  const at = Number.parseInt(`${high}${low}`, 16);
  return { deployment: `Deployment:${token}`, place: place === "-" ? null : Number(place), at };
}
