import { childrenResolver } from "../../graphql/connection.ts";
import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import type { NodeReader } from "../../ports/node-reader.ts";
import { keyResolver } from "../catalog/index.ts";
import { decisionsResolver } from "../decisions/index.ts";
import type { Presence } from "../runners/index.ts";
import { deploymentFacts } from "./deployment.facts.ts";
import { Deployment } from "./deployment.node.ts";
import { Endpoint } from "./endpoint.node.ts";
import { deploymentMutations } from "./graphql/deployment-mutations.ts";
import { InferenceResolver } from "./graphql/inference.resolver.ts";
import { EndpointQueries, RunEndpointResolver } from "./graphql/deployments.resolver.ts";

export { lookUpEndpoint } from "./look-up-endpoint.ts";
export { isOutlived } from "./answering.ts";
export { answeringText, goBackTo, revisionBefore, revisionToGoBackTo } from "./previous-revision.ts";
export { changeServed } from "./deploy.ts";
export { Deployment, deploymentFacts, Endpoint };

export const deploymentNodes = [Endpoint, Deployment];

export function deploymentResolvers(reader: NodeReader, presence: Presence, mutations: Mutations): object[] {
  return [
    new EndpointQueries(reader, presence),
    new RunEndpointResolver(presence),
    new InferenceResolver(reader),
    ...[Endpoint, Deployment].map(keyResolver),
    childrenResolver(reader, Endpoint, Deployment, "versions"),
    decisionsResolver(reader, Deployment),
    mutationResolver("DeploymentMutations", mutations, deploymentMutations(reader)),
  ];
}
