import { Transform, type Readable, finished } from "node:stream";
import { ArtifactRequestError } from "./artifact-errors.ts";

/**
 * A request's body, which fails after `maxBytes`. The request itself is left open when this stream ends early, so that it can still be
 * answered; when the client goes away, this stream fails.
 */
export function limited(body: Readable, maxBytes: number): Readable {
  let seen = 0;
  const counted = new Transform({
    highWaterMark: 256 * 1024,
    transform(chunk: Uint8Array, _encoding, done) {
      seen += chunk.length;
      if (seen > maxBytes)
        done(new ArtifactRequestError("REQUEST_TOO_LARGE", `an artifact has at most ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
  finished(body, { writable: false }, (error) => error && counted.destroy(error));
  return body.pipe(counted);
}
