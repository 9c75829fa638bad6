/** How far a run has settled what it observes, and what it keeps for the attempt that goes on from there. */
export interface ObservedPosition {
  /** The last number that is settled; 0 at first. */
  readonly seq: number;
  /** Of at most 4,096 characters, which only the run's plugin understands. */
  readonly kept: string | null;
}

/** How far runs have settled what they observe of a stream. No fact, and none of the ledger's followers. */
export interface ObservedPositions {
  /**
   * Seq and what is kept were settled together.
   * @param stream tells one making of the stream from the next, which counts from 1 again: at most 16 characters.
   */
  find(runId: string, stream: string): Promise<ObservedPosition>;
  /** Durable once it answers, as everything acknowledged is. It never goes back: what is not further changes nothing, nor what is kept. */
  settle(runId: string, stream: string, position: ObservedPosition): Promise<void>;
}
