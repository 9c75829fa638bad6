/** What DuckDB's RE2 lacks, or reads otherwise than JavaScript does. */
const UNLIKE: readonly [found: RegExp, message: string][] = [
  [/\(\?<?[=!]/, "look-around is not supported"],
  [/\\[1-9k]/, "back-references are not supported"],
  [/\\[sS]/, "\\s and \\S depend on who reads them: name the characters, such as [ \\t]"],
  [/\\[pPuc]/, "\\p, \\u and \\c are not supported"],
  [/\(\?</, "named groups are not supported"],
];

/** Why a regular expression is none that DuckDB and JavaScript both understand, and in the same way; null where it is. */
export function patternFault(pattern: string): string | null {
  const bare = pattern.replaceAll("\\\\", "");
  const unlike = UNLIKE.find(([found]) => found.test(bare));
  if (unlike !== undefined) return unlike[1];
  try {
    wholeMatch(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Matches values that fit the pattern from their first to their last character. The dot stands for line ends too. */
export function wholeMatch(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, "us");
}
