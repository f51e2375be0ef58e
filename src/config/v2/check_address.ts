import type { Path } from "../source_tree.ts";
import { adviceOn, readAddress } from "../wallet_address.ts";
import type { Scribe } from "./scribe.ts";

/**
 * Reads an address that must be right to the checksum.
 *
 * @param typed as parsed
 * @param path where it stands
 * @param scribe told what is wrong with it
 * @returns EIP-55 checksummed, with `0x`; `undefined` when it is none
 */
export function checkAddress(typed: unknown, path: Path, scribe: Scribe): string | undefined {
  // Of another type it was told already.
  if (typeof typed !== "string") return undefined;
  const read = readAddress(typed);
  if (read === undefined) {
    const [message, advice] = adviceOn(typed);
    scribe.tell("error", path, message, advice);
    return undefined;
  }
  if (!read.corrected) return read.address;
  const message = `The address does not match its checksum: if its digits are right, it is ${read.address}`;
  scribe.tell("error", path, message, "Compare it with the wallet's, digit by digit");
  return undefined;
}
