import { mutationResolver } from "../../graphql/mutation-resolver.ts";
import type { Mutations } from "../../graphql/mutations.ts";
import type { PersonalData } from "../../ports/personal-data.ts";
import { type ErasureParts, personalDataErased } from "./erase-personal-data.ts";
import { personalDataMutations } from "./graphql/personal-data-mutations.ts";
import { PersonalDataQueries } from "./graphql/personal-data.resolver.ts";
import type { Scrubbing } from "./scrubbing.ts";

export { Scrubbing } from "./scrubbing.ts";

export const personalDataFacts = [personalDataErased];

export function personalDataResolvers(
  mutations: Mutations,
  parts: ErasureParts,
  data: PersonalData,
  scrubbing: Pick<Scrubbing, "request">,
): object[] {
  return [
    new PersonalDataQueries(data),
    mutationResolver("PersonalDataMutations", mutations, personalDataMutations(parts, scrubbing)),
  ];
}
