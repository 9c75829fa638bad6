/** A request that cannot be answered as it is; `message` reaches who sent it. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
  /** The HTTP status. */
  readonly statusCode: number;

  constructor(message: string, statusCode = 400, options?: ErrorOptions) {
    super(message, options);
    this.statusCode = statusCode;
  }
}
