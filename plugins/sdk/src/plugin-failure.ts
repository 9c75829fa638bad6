import { type Failure, type FailureType, failure } from "@clew/schema";

/** What a plugin throws to end its job with a failure of its choice; `message` reaches the people who read the run. */
export class PluginFailure extends Error {
  readonly type: FailureType;
  readonly retryable: boolean;

  /** @param retryable whether another attempt may succeed; by default what the type says. */
  constructor(type: FailureType, message: string, retryable?: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = "PluginFailure";
    this.type = type;
    this.retryable = failure(type, message, retryable).retryable;
  }

  toFailure(): Failure {
    return failure(this.type, this.message, this.retryable);
  }
}
