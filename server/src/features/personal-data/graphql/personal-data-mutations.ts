import { ANY_NODE, type MutationDefinition, mutation } from "../../../graphql/mutation-resolver.ts";
import { can } from "../../../graphql/principal.ts";
import { ErasePersonalData, erasePersonalData, type ErasureParts } from "../erase-personal-data.ts";
import type { Scrubbing } from "../scrubbing.ts";

export function personalDataMutations(
  parts: ErasureParts,
  scrubbing: Pick<Scrubbing, "request">,
): MutationDefinition[] {
  return [
    mutation({
      name: "erasePersonalData",
      description:
        "Erases every personal value of an agent, for ever: its name, and the names and reasons of its tokens. The entries keep their digests, so the ledger stays valid; the agent stays, as an ErasedNode. Its tokens go on working: revoke them first. A userError PERSONAL_DATA_REMAINS tells what could not be erased, although the rest was.",
      input: ErasePersonalData,
      things: { agent: ANY_NODE },
      allow: (principal) => can(principal, "ADMIN", "*"),
      prepare: (input) => erasePersonalData(input, parts),
      shape: () => {
        scrubbing.request();
        return {};
      },
    }),
  ];
}
