/** How far runs have settled what they observe of a stream. No fact, and none of the ledger's followers. */
export interface ObservedPositions {
  /**
   * The last number that is settled; 0 at first.
   * @param stream tells one making of the stream from the next, which counts from 1 again: at most 16 characters.
   */
  find(runId: string, stream: string): Promise<number>;
  /** Durable once it answers, as everything acknowledged is; it never goes back. */
  settle(runId: string, stream: string, seq: number): Promise<void>;
}
