import { readAddress } from "../../util/address.ts";
import { formatCount } from "../../util/text.ts";
import type { Field } from "../source/source_tree.ts";

/**
 * Whether a text typed as an address may be a private key or a recovery phrase,
 * which must not become a label: more than 48 hex digits in a row, however spaced,
 * or at least twelve words. Addresses with a typo stay well below.
 */
export function isPrivateKey(text: string): boolean {
  return /PRIVATE KEY/i.test(text) || /[0-9a-fA-F]{49}/.test(text.replace(/[\s_:-]/g, "")) ||
    /^\s*(\p{L}+[\s,]+){11}\p{L}+/u.test(text);
}

/** Reported where a private key may be. */
export const PRIVATE_KEY = {
  message: "This looks like a private key or recovery phrase; it is not shown anywhere",
  advice: "Remove it from the configuration and treat it as leaked",
} as const;

/** The text of a rejected entry's label, unless it must not be shown. */
export function hidePrivateKey(text: string): string {
  return isPrivateKey(text) ? "hidden: a private key" : text;
}

/**
 * Reads an address.
 *
 * @returns EIP-55 checksummed, with `0x`; `undefined` when it is invalid, which is reported
 */
export function checkAddress(field: Field, isLenient = false): string | undefined {
  const { value } = field;
  if (typeof value !== "string") return undefined;
  const read = readAddress(value);
  if (read === undefined) {
    // Never quoted: it may be a private key.
    const { message, advice } = whyInvalid(value);
    return field.error(message, advice);
  }
  const { address, corrected } = read;
  if (!corrected) return address;
  const message = "The address does not match its checksum";
  const advice = "Compare it with the wallet's, digit by digit";
  if (!isLenient) return field.error(`${message}: if its digits are right, it is ${address}`, advice);
  field.notice(`${message}: it is read as ${address}`, advice);
  return address;
}

function whyInvalid(text: string): { readonly message: string; readonly advice: string } {
  if (isPrivateKey(text)) return PRIVATE_KEY;
  const message = "Invalid address: expected 0x followed by 40 hex digits";
  if (/^[^\s]+\.[a-z]{2,}$/i.test(text)) return { message, advice: "Names are not resolved: write the address itself" };
  if (readAddress(text.trim()) !== undefined) return { message, advice: "Remove the spaces around it" };
  const hasOtherCharacters = /^0[xX].{40}$/su.test(text);
  return {
    message,
    advice: hasOtherCharacters ? "Found other characters" : `Found ${formatCount(text.length, "character")}`,
  };
}
