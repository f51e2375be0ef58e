/**
 * Tells whether words fit the seal that was made of them with a key:
 * `((key · key + w0) · key + w1) …` modulo 2^256.
 *
 * @param words those that are sealed
 * @param seal what came with them
 * @param key the one that was sent
 */
export function isSealed(words: readonly bigint[], seal: bigint | undefined, key: bigint): boolean {
  let fitting = key;
  for (const word of words) fitting = BigInt.asUintN(256, fitting * key + word);
  return seal === fitting;
}

/** Draws a key: odd, so that no word is without weight, and below 2^128. */
export function randomKey(): bigint {
  return BigInt(`0x${crypto.getRandomValues(new Uint8Array(16)).toHex()}`) | 1n;
}
