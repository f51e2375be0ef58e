/** Shorter pieces of a host name are words, numbers or regions. */
const MIN_RANDOM = 16;

/**
 * Whether a label of a host name looks like a key: 16 characters and more that
 * no person chose, such as a hash, a UUID or letters and digits in turn.
 *
 * @param label what is between two points of a host name
 */
export function looksRandom(label: string): boolean {
  if (/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(label)) return true;
  return label.split(/[-_]/).some((piece) => piece.length >= MIN_RANDOM && isRandom(piece.toLowerCase()));
}

function isRandom(piece: string): boolean {
  if (/^\d+$/.test(piece) || /^(?=.*\d)[0-9a-f]+$/.test(piece)) return true;
  // Words with numbers after them change between letters and digits less often, or have few digits.
  const changes = piece.match(/[a-z](?=\d)|\d(?=[a-z])/g)?.length ?? 0;
  const digits = piece.match(/\d/g)?.length ?? 0;
  if (digits >= 4 && changes >= 3 || digits === 3 && changes >= 5) return true;
  const vowels = piece.match(/[aeiouy]/g)?.length ?? 0;
  return /[b-df-hj-np-tv-xz]{6}/.test(piece) || vowels < piece.replace(/\d/g, "").length / 6;
}

/**
 * Finds the labels of a host that look like keys.
 *
 * @param hostname as the URL has it
 */
export function randomLabels(hostname: string): readonly string[] {
  // Punycode is random to look at, and a name to read.
  return hostname.split(".").filter((label) => !label.startsWith("xn--") && looksRandom(label));
}
