import fc from "fast-check";

const character = fc.oneof(
  fc.constantFrom(
    '"',
    "\\",
    "\n",
    "\\n",
    "\r",
    "\0",
    "\t",
    "{",
    "}",
    ",",
    "=",
    " ",
    "#",
    "\u2028",
    "🔥",
    "\ud800",
    "\udc00",
  ),
  fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
);

/**
 * Makes texts that are hard to write down: quotes, backslashes, line ends, NUL,
 * lone surrogates, and any other character.
 *
 * @param most how many characters at most
 */
export function nastyText(most = 10): fc.Arbitrary<string> {
  return fc.array(character, { maxLength: most }).map((characters) => characters.join(""));
}

/** A text as everything leaves the program: through UTF-8. */
export function asSent(text: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text));
}
