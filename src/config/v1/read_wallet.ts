import type { RejectedEntry, WalletConfig } from "../model/config.ts";
import type { JsonPlace } from "../source/json_index.ts";
import type { JsonValue, Member } from "./json_value.ts";
import { pythonText } from "./python_text.ts";
import { WALLET_KEYS, warnOfNearKeys } from "./near_keys.ts";
import { a, type Reader } from "./reader.ts";
import { BAD_THRESHOLD, type Threshold } from "../model/threshold.ts";
import { readThreshold } from "./read_threshold.ts";
import { adviceOn, isPrivateKey, readAddress } from "../wallets/wallet_address.ts";

/** What stands in place of an address that must not be shown. */
const HIDDEN = "hidden: a private key";

/**
 * Reads one entry of a list of wallets in format 1.
 *
 * @param place the entry
 * @param path what the entry is called in messages
 * @param reader where to look and tell
 * @param reachable whether the network has an endpoint; without one every entry is set aside, as typed
 * @returns a wallet to watch, an entry to show as failed, or nothing when it is not even an object
 */
export function readWallet(
  place: JsonPlace,
  path: string,
  reader: Reader,
  reachable: boolean,
): WalletConfig | RejectedEntry | undefined {
  const entry = reader.look(place);
  if (entry.type !== "object") {
    const advice = 'Write { "address": "0x…", "label": "…" }';
    reader.tell(
      "error",
      entry.offset,
      path,
      `A wallet must be an object, found ${a(entry.type)}`,
      advice,
    );
    return undefined;
  }
  const keys = lastOfEach(entry.members, path, reader);
  warnOfNearKeys(entry.members, path, reader);
  const label = readLabel(keys.get("label"), entry.offset, path, reader);
  const typed = keys.get("address");
  const address = readTypedAddress(typed, entry.offset, path, reader);
  const minimum = readMinimum(keys.get("min_balance_eth"), path, reader);
  if (label === undefined || address === undefined || !reachable) {
    return { address: shownAddress(typed), label: isPrivateKey(label ?? "") ? HIDDEN : label ?? "" };
  }
  return { address, label, minimum };
}

/** An address as typed, as the original showed it. */
function shownAddress(typed: JsonValue | undefined): string {
  const text = typed?.type === "string" ? typed.text : typed?.type === "number" ? pythonText(typed.source) : "";
  return isPrivateKey(text) ? HIDDEN : text;
}

function readMinimum(value: JsonValue | undefined, path: string, reader: Reader): Threshold {
  const minimum = readThreshold(value);
  if (value !== undefined && minimum === BAD_THRESHOLD) {
    const message = value.type === "number" ? "The minimum is too large" : "The minimum is not a decimal number";
    const advice = "Write a number of whole coins, such as 0.5; until then the check counts as failed";
    reader.tell("error", value.offset, `${path}.min_balance_eth`, message, advice);
  }
  if (value !== undefined && minimum.belowWei !== undefined && minimum.belowWei < 0n) {
    const message = "The minimum is negative, so no balance is ever below it";
    reader.tell(
      "warning",
      value.offset,
      `${path}.min_balance_eth`,
      message,
      "Write a number of whole coins, such as 0.5",
    );
  }
  return minimum;
}

function lastOfEach(
  members: readonly Member[],
  path: string,
  reader: Reader,
): ReadonlyMap<string, JsonValue> {
  const values = new Map<string, JsonValue>();
  for (const { key, offset, value } of members) {
    if (
      values.has(key) && WALLET_KEYS.some((known) => known === key)
    ) {
      reader.tell(
        "warning",
        offset,
        `${path}.${key}`,
        "The key stands here twice; the last one counts",
        "Remove one",
      );
    }
    values.set(key, reader.look(value));
  }
  return values;
}

function readLabel(
  value: JsonValue | undefined,
  entryOffset: number,
  path: string,
  reader: Reader,
): string | undefined {
  if (value?.type === "string") return value.text;
  if (value?.type === "number") return pythonText(value.source);
  const found = value === undefined ? "it is missing" : `found ${a(value.type)}`;
  const advice = "Give the wallet a name; until then it is not watched";
  reader.tell(
    "error",
    value?.offset ?? entryOffset,
    `${path}.label`,
    `The label must be a string, ${found}`,
    advice,
  );
  return undefined;
}

function readTypedAddress(
  value: JsonValue | undefined,
  entryOffset: number,
  path: string,
  reader: Reader,
): string | undefined {
  const at = `${path}.address`;
  if (value?.type !== "string") {
    const found = value === undefined ? "it is missing" : `found ${a(value.type)}`;
    const advice = "Write 0x and 40 hexadecimal digits, in quotes";
    reader.tell(
      "error",
      value?.offset ?? entryOffset,
      at,
      `The address must be a string, ${found}`,
      advice,
    );
    return undefined;
  }
  const read = readAddress(value.text);
  if (read === undefined) {
    const [message, advice] = adviceOn(value.text);
    reader.tell("error", value.offset, at, message, advice);
    return undefined;
  }
  if (read.corrected) {
    const message = `The address does not match its checksum and is read as ${read.address}`;
    reader.tell(
      "notice",
      value.offset,
      at,
      message,
      "Compare it with the wallet's, digit by digit",
    );
  }
  return read.address;
}
