import { type DestinationStream, type Logger, destination, pino } from "pino";

/** Shorter values are not masked: they would blot out half of every line. */
const MIN_SECRET_CHARACTERS = 4;

/** JSON lines on standard output (or to `stream`), with *** for every secret. */
export function createLogger(level: string, secrets: readonly string[], stream?: DestinationStream): Logger {
  const mask = masking(secrets);
  const options = { level, base: { name: "clew-runner" }, hooks: { streamWrite: mask } };
  return pino(options, stream ?? destination({ dest: 1, sync: true }));
}

/** Replaces secrets in a line of JSON, where quotes and line breaks inside a secret are escaped. */
function masking(secrets: readonly string[]): (line: string) => string {
  const forms = secrets
    .flatMap((secret) => (secret.length < MIN_SECRET_CHARACTERS ? [] : [secret, JSON.stringify(secret).slice(1, -1)]))
    .toSorted((a, b) => b.length - a.length);
  return (line) => forms.reduce((masked, form) => masked.replaceAll(form, "***"), line);
}
