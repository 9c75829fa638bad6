/** One mail to one address, as plain text. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same mail sent again has the same: whoever reads it shows it once. */
  readonly messageId: string;
}

/** Hands a mail to the server that sends it on. @throws where that has not taken it. */
export type SendMail = (mail: Mail, signal: AbortSignal) => Promise<void>;
