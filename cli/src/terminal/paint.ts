import { styleText } from "node:util";

export type Style = "blue" | "cyan" | "dim" | "gray" | "green" | "magenta" | "red" | "yellow" | "bold";
/** Text in a style, or as it is where colours are not wanted. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_, text) => text;

/** Colours for a stream: none where it is no terminal or NO_COLOR is set. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (style, text) => (text === "" ? "" : styleText(style, text, { stream }));
}
