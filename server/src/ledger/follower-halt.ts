/** A follower must not go on: an operator has to look. Nothing is skipped. */
export class FollowerHalt extends Error {}
