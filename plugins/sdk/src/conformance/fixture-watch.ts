import type { HostMessage, JobMessage } from "@clew/schema";
import type { Fixture } from "./fixture.ts";

/** Gives a job that watches what its fixture holds, as a runner does: in order, and as much as it asks for. */
export class FixtureWatch {
  readonly #observations: Fixture["observations"];
  readonly #tell: (message: HostMessage) => void;
  #asked = 0;
  #given = 0;
  /** The largest that the job says it has seen; the first one given is 1. */
  seen = 0;

  constructor(observations: Fixture["observations"], tell: (message: HostMessage) => void) {
    this.#observations = observations;
    this.#tell = tell;
  }

  get given(): number {
    return this.#given;
  }

  hear(message: JobMessage): void {
    if (message.type === "seen") this.seen = Math.max(this.seen, message.seq);
    if (message.type === "observe") this.#asked += message.count;
    while (this.#given < Math.min(this.#asked, this.#observations.length)) {
      const observation = this.#observations[this.#given]!;
      this.#given += 1;
      const isCaughtUp = this.#given === this.#observations.length;
      this.#tell({ type: "observed", ...observation, seq: this.#given, isCaughtUp });
    }
  }
}
