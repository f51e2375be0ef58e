/** HTML entities that have names. */
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  sol: "/",
  bsol: "\\",
  plus: "+",
  equals: "=",
  colon: ":",
  period: ".",
  comma: ",",
  num: "#",
  commat: "@",
  lowbar: "_",
  hyphen: "-",
  dash: "-",
  dollar: "$",
  percnt: "%",
  ast: "*",
  excl: "!",
  quest: "?",
  semi: ";",
  nbsp: " ",
};

/** HTML entities, percent-encoding, and the escapes of JSON, JavaScript, Python and C. */
const ESCAPES =
  /&#x([0-9a-f]{1,8});?|&#(\d{1,8});?|&([a-z]{2,8});|((?:%[0-9a-f]{2})+)|(?:\\u|%u|\\U0000)([0-9a-f]{4})|\\u\{([0-9a-f]{1,6})\}|\\x([0-9a-f]{2})|\\([0-3][0-7]{2})|\\([/"'\\])/gi;

/**
 * Undoes one layer of whatever encoding a text has, or several side by side.
 *
 * @param text what a node or a server in between said
 */
export function unescapeOnce(text: string): string {
  return text.replace(
    ESCAPES,
    (whole, hex, decimal, name, percent, unicode, braced, byte, octal, quoted) => {
      if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
      if (percent !== undefined) return percentDecoded(percent);
      if (quoted !== undefined) return quoted;
      const code = parseInt(
        hex ?? decimal ?? unicode ?? braced ?? byte ?? octal,
        decimal !== undefined ? 10 : octal !== undefined ? 8 : 16,
      );
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/** As UTF-8 where it is that, else byte by byte. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  }
}
