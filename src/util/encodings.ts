/** Named HTML entities. */
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

/** Removes one layer of all these encodings from a text. */
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

/** Decodes UTF-8 if it is valid, else byte by byte. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  }
}

/**
 * Decodes base64 or base64url without padding.
 *
 * @returns one character per byte; empty if the token is invalid
 */
export function base64Decoded(token: string): string {
  const standard = token.replaceAll("-", "+").replaceAll("_", "/");
  // A single excess character is not a byte: it belongs to the text that follows.
  const whole = standard.length % 4 === 1 ? standard.slice(0, -1) : standard;
  try {
    return new TextDecoder("latin1").decode(Uint8Array.fromBase64(whole));
  } catch {
    return "";
  }
}

/** Returns a secret in every encoding in which a node may repeat it. */
export function formsOf(secret: string): readonly string[] {
  const plain = [secret, percentDecode(secret)];
  const encoded = plain.map((text) => encodeURIComponent(text.toWellFormed()));
  const lowerCase = encoded.map((text) => text.replace(/%../g, (hex) => hex.toLowerCase()));
  const forms = [...plain, ...encoded, ...lowerCase];
  const hex = plain.map((text) => new TextEncoder().encode(text).toHex());
  return [...forms, ...forms.map(base64), ...hex, ...hex.map((text) => text.toUpperCase())];
}

/** Decodes percent-encoding; a text with an invalid one is returned as it is. */
export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Without padding, so that it is found within a longer text. */
function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64({ omitPadding: true });
}

/** Decodes UTF-8, with its byte order mark; `undefined` if it is invalid. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Copies parts into one array of their whole size. */
export function joinBytes(parts: Iterable<Uint8Array>, size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
