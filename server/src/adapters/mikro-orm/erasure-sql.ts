/**
 * What an erasure changes in SQL; each takes the agent's id as `?`. First the digests of the inputs: they have no salt, so that a guessed
 * name could be tried against them. A mutation's row names its last entry.
 */
export const ERASE = [
  `update idempotency set input_digest = '' where seq in
    (select (select min(i.seq) from idempotency i where i.seq >= p.seq) from personal p where p.subject = ?)`,
  "delete from personal where subject = ?",
] as const;

/** Once the tokens of the same batch are written. */
export const ERASE_TOKEN_NAMES = "update token set name = '' where agent_id = ?";
