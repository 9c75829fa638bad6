import type { Mail } from "../../ports/mail.ts";
import type { Notification } from "./notification.ts";

/** Of a text in a Slack block, in characters; Slack refuses more than 3,000. */
const SLACK_TEXT_MAX = 2_900;
const SUBJECT_MAX = 200;

const MARKS = { INFO: ":information_source:", WARNING: ":warning:", CRITICAL: ":rotating_light:" } as const;

/** The body that Slack's incoming webhooks take: `text` is what a notification shows, `blocks` the message. */
export function slackBody({ level, title, text, command }: Notification, seq: number): string {
  const said = [`${MARKS[level]} *${escaped(title)}*`, ...(text === "" ? [] : [escaped(text)])].join("\n");
  const more = `${level}  |  \`${escaped(command)}\`  |  entry ${seq}`;
  const words = text === "" ? title : `${title}: ${text}`;
  return JSON.stringify({
    text: escaped(shortened(`${level} ${words}`)),
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: shortened(said) } },
      { type: "context", elements: [{ type: "mrkdwn", text: shortened(more) }] },
    ],
  });
}

/** The same as a mail. */
export function mailOf(notification: Notification, to: string, messageId: string, seq: number): Mail {
  const { level, title, text, command } = notification;
  const lines = [
    title,
    ...(text === "" ? [] : ["", text]),
    "",
    `Severity: ${level}`,
    `More: ${command}`,
    `Entry: ${seq}`,
  ];
  return {
    to,
    subject: `[Clew] ${level}: ${title}`.replaceAll(/\s+/g, " ").slice(0, SUBJECT_MAX),
    text: `${lines.join("\n")}\n`,
    messageId: `<${messageId}@clew>`,
  };
}

/** Slack's three control characters; a message could mention a whole channel otherwise. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function shortened(text: string): string {
  return text.length <= SLACK_TEXT_MAX ? text : `${text.slice(0, SLACK_TEXT_MAX)}…`;
}
