import { protect, REDACTED } from "../../util/redact.ts";

/** Masks parts of a host in its name, and redacts them in every output. */
export function maskedName(host: string, hidden: readonly string[]): string {
  let name = host;
  for (const part of hidden.map((each) => each.toLowerCase()).filter((each) => each !== "")) {
    protect(part);
    name = name.replaceAll(part, REDACTED);
  }
  return name;
}

/**
 * What to redact in every output: the user part, query values, and path segments
 * that look like keys, unless the name shows them.
 */
export function secretsOf(url: URL, name: string): readonly string[] {
  const segments = `${url.pathname}/${url.hash.slice(1)}`.split("/");
  const values = url.search.slice(1).split("&").map((pair) => pair.slice(pair.indexOf("=") + 1));
  return [
    url.password,
    ...[url.username, ...values].filter(notPlain),
    ...segments.filter((segment) => looksLikeKey(segment) && !name.includes(segment.toLowerCase())),
    ...(url.search === "" ? [] : [url.pathname.length > 8 ? url.pathname + url.search : url.search]),
  ];
}

/** A server may quote a token without the word before it. */
export function protectHeader(value: string): void {
  // A media type is not secret, and redacting it would garble messages.
  if (/^[a-z]+\/[a-z0-9.+-]+$/.test(value)) return;
  protect(value);
  for (const word of value.split(/\s+/)) if (word.length >= 8) protect(word);
}

/** Values such as `true`, `8545`, `mainnet` or the user `admin` are settings; redacting them would garble every message. */
function notPlain(value: string): boolean {
  return !/^(\d{1,5}|[a-z]{1,8})$/.test(value);
}

/** Plain words such as `mainnet`, `arbitrum-one` or `polygon_zkevm` are part of many public URLs, and of messages. */
function looksLikeKey(segment: string): boolean {
  return segment.length >= 8 &&
    !(segment.length <= 20 && /^[a-z]+([-_][a-z]+)*$/.test(segment));
}

/** Shorter pieces of a host name are words, numbers or regions. */
const MIN_RANDOM = 16;

/**
 * Whether a label of a host name looks like a key: 16 characters and more that
 * no person chose, such as a hash, a UUID or letters and digits in turn.
 */
export function looksRandom(label: string): boolean {
  if (/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(label)) return true;
  return label.split(/[-_]/).some((piece) => piece.length >= MIN_RANDOM && isRandom(piece.toLowerCase()));
}

function isRandom(piece: string): boolean {
  if (/^\d+$/.test(piece) || /^(?=.*\d)[0-9a-f]+$/.test(piece)) return true;
  // Words with a number change between letters and digits less often, or have few digits.
  const changes = piece.match(/[a-z](?=\d)|\d(?=[a-z])/g)?.length ?? 0;
  const digits = piece.match(/\d/g)?.length ?? 0;
  if (digits >= 4 && changes >= 3 || digits === 3 && changes >= 5) return true;
  const vowels = piece.match(/[aeiouy]/g)?.length ?? 0;
  return /[b-df-hj-np-tv-xz]{6}/.test(piece) || vowels < piece.replace(/\d/g, "").length / 6;
}

/** Finds the labels of a host that look like keys. */
export function randomLabels(hostname: string): readonly string[] {
  // Punycode looks random but is a name.
  return hostname.split(".").filter((label) => !label.startsWith("xn--") && looksRandom(label));
}
