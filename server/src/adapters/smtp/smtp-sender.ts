import { createTransport } from "nodemailer";
import type { SendMail } from "../../ports/mail.ts";

interface SmtpOptions {
  /** smtp:// or smtps://, with user and password in it where the server wants them. */
  readonly url: string;
  /** Whom mails are from. */
  readonly from: string;
  readonly timeoutMs: number;
}

/** Sends mails by SMTP (RFC 5321), with STARTTLS where the server offers it. A connection for each mail. */
export function smtpSender({ url, from, timeoutMs }: SmtpOptions): SendMail {
  const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
  return async ({ to, subject, text, messageId }, signal) => {
    const transport = createTransport({ url, ...timeouts });
    const end = () => transport.close();
    signal.addEventListener("abort", end, { once: true });
    try {
      const headers = { "Auto-Submitted": "auto-generated" };
      await transport.sendMail({ from, to: { name: "", address: to }, subject, text, messageId, headers });
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  };
}
