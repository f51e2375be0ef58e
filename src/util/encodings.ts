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

/**
 * Decodes base64, or base64url, without padding.
 *
 * @param token what may be that
 * @returns one character a byte; empty when it is none
 */
export function base64Decoded(token: string): string {
  const standard = token.replaceAll("-", "+").replaceAll("_", "/");
  // One character too many is no byte: it belongs to what comes after.
  const whole = standard.length % 4 === 1 ? standard.slice(0, -1) : standard;
  try {
    return new TextDecoder("latin1").decode(Uint8Array.fromBase64(whole));
  } catch {
    return "";
  }
}

/**
 * Writes a secret in every form it may come back in as a whole.
 *
 * @param secret as written
 */
export function formsOf(secret: string): readonly string[] {
  const plain = [secret, decoded(secret)];
  const encoded = plain.map((text) => encodeURIComponent(text.toWellFormed()));
  const lowerCase = encoded.map((text) => text.replace(/%../g, (hex) => hex.toLowerCase()));
  const forms = [...plain, ...encoded, ...lowerCase];
  const hex = plain.map((text) => new TextEncoder().encode(text).toHex());
  return [...forms, ...forms.map(base64), ...hex, ...hex.map((text) => text.toUpperCase())];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded: the text as written is all there is.
    return text;
  }
}

/** Without padding, so that it is found in a longer text too. */
function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64({ omitPadding: true });
}
