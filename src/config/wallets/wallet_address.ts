import type { Path, Reporter } from "../source/source_tree.ts";

import { keccak256 } from "../../util/keccak.ts";

/** An address read from a configuration. */
export interface ReadAddress {
  /** EIP-55 checksummed, with `0x`. */
  readonly address: string;
  /** Whether it was written in mixed case that does not match the checksum. */
  readonly corrected: boolean;
}

/**
 * Reads a wallet's address: 40 hex digits in any case, with or without `0x` or `0X`.
 *
 * @param text the address as typed
 * @returns the address in checksum form, or `undefined` when it is none
 */
export function readAddress(text: string): ReadAddress | undefined {
  const digits = /^(?:0[xX])?([0-9a-fA-F]{40})$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const address = checksummed(digits.toLowerCase());
  const oneCase = digits === digits.toLowerCase() ||
    digits === digits.toUpperCase();
  return { address, corrected: !oneCase && address.slice(2) !== digits };
}

/** EIP-55, https://eips.ethereum.org/EIPS/eip-55: a letter is a capital where the hash has a digit of 8 or more. */
function checksummed(digits: string): string {
  const hash = keccak256(digits);
  const codes = [ZERO, LETTER_X];
  for (let at = 0; at < digits.length; at++) {
    const code = digits.charCodeAt(at);
    const isCapital = code >= LETTER_A && hash.charCodeAt(at) >= EIGHT;
    codes.push(isCapital ? code - TO_CAPITAL : code);
  }
  return String.fromCharCode(...codes);
}

const [ZERO, EIGHT, LETTER_A, LETTER_X, TO_CAPITAL] = [0x30, 0x38, 0x61, 0x78, 0x20];

/**
 * Tells whether a text typed as an address may be a private key or a
 * recovery phrase, which must not become a label: more than 48 hex digits on
 * end, however spaced, or twelve words and more. Addresses with a typo stay
 * well below.
 *
 * @param text the address as typed
 */
export function isPrivateKey(text: string): boolean {
  return /PRIVATE KEY/i.test(text) || /[0-9a-fA-F]{49}/.test(text.replace(/[\s_:-]/g, "")) ||
    /^\s*(\p{L}+[\s,]+){11}\p{L}+/u.test(text);
}

/**
 * Says why a text is no address, and what to do.
 *
 * @param text as typed; never quoted, since it may be a private key
 * @returns a message and an advice
 */
export function adviceOn(text: string): readonly [string, string] {
  if (isPrivateKey(text)) {
    return [
      "This looks like a private key or recovery phrase, not an address; it is shown nowhere",
      "Take it out of the configuration, treat it as leaked, and write the address: 0x and 40 hexadecimal digits",
    ];
  }
  if (/^[^\s]+\.[a-z]{2,}$/i.test(text)) {
    return [
      "The address is a name, and names are not looked up",
      "Write the address the name stands for",
    ];
  }
  if (readAddress(text.trim()) !== undefined) {
    return ["The address has spaces around it", "Remove the spaces"];
  }
  const wrong = /^0[xX].{40}$/su.test(text)
    ? "some of these are other characters"
    : `this has ${text.length} characters`;
  return ["The address is not one", `Write 0x and 40 hexadecimal digits; ${wrong}`];
}

/**
 * Reads an address that must be right to the checksum.
 *
 * @param typed as parsed
 * @param path where it stands
 * @param reporter told what is wrong with it
 * @returns EIP-55 checksummed, with `0x`; `undefined` when it is none
 */
export function checkAddress(typed: unknown, path: Path, reporter: Reporter): string | undefined {
  // Of another type it was told already.
  if (typeof typed !== "string") return undefined;
  const read = readAddress(typed);
  if (read === undefined) {
    const [message, advice] = adviceOn(typed);
    reporter.report("error", path, message, advice);
    return undefined;
  }
  if (!read.corrected) return read.address;
  const message = `The address does not match its checksum: if its digits are right, it is ${read.address}`;
  reporter.report("error", path, message, "Compare it with the wallet's, digit by digit");
  return undefined;
}
