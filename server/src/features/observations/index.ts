import { actResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import { observationActs, type ObservationParts } from "./graphql/observation-acts.ts";

export { type EndpointStream, EndpointStreams, type Reading } from "./endpoint-stream.ts";

export function observationResolvers(mutations: Mutations, parts: ObservationParts): object[] {
  return [actResolver("ObservationActs", mutations, observationActs(parts))];
}
