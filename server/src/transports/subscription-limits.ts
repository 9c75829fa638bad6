/** What a server takes of one kind of subscribers' connections, be they WebSockets or event streams. */
export interface SubscriptionLimits {
  /** Open at once, of everybody. */
  readonly maxOpen: number;
  /** Open at once, of one principal. */
  readonly maxOpenEach: number;
  /** A client that does not take a message or an event within this time is cut off. */
  readonly stallMs: number;
  /** How often the token of what is open is looked at again. */
  readonly recheckMs: number;
}
