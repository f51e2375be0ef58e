import type * as Valibot from "valibot";
import { readAddress } from "../util/address.ts";
import type { AssetKeys, AssetKind } from "./asset_kind.ts";
import { CODE, CODE_KINDS, codeAccount, codeKindOf, delegationTo } from "./code.ts";
import type { ValueState } from "./value_state.ts";

/** Read by a call per wallet, in milliseconds. */
const PACE = { pace: 300_000, sharesPace: true };

const MODE = "watch, ignore, delegated, or the address that the wallet is delegated to";
const CHECKSUM = "an address that matches its checksum: compare it, digit by digit";
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/** A typing mistake would be an alert that the wallet is stolen. */
function hasChecksum(address: string): boolean {
  return readAddress(address)?.corrected === false;
}

function codeSchema(v: typeof Valibot): Valibot.GenericSchema {
  return v.optional(
    v.pipe(
      v.union(
        [
          v.picklist(["watch", "ignore", "delegated"], MODE),
          v.pipe(v.string(MODE), v.regex(ADDRESS, MODE), v.check(hasChecksum, CHECKSUM)),
        ],
        MODE,
      ),
      v.description(
        "watch to report the code of wallets, such as a delegation by EIP-7702; delegated, or the address of the delegate, " +
          "to report it without an alert; ignore if it is not given",
      ),
    ),
  );
}

const delegations = new Map<string, bigint>();

/** Whether a wallet has this code on purpose: only a delegation may be unexpected. */
export function isExpectedCode(value: bigint, { code }: AssetKeys): boolean {
  if (codeKindOf(value) !== "delegated" || code === "delegated") return true;
  if (typeof code !== "string" || !ADDRESS.test(code)) return false;
  const expected = delegations.get(code) ?? delegationTo(code);
  delegations.set(code, expected);
  return value === expected;
}

/** Whether the last read succeeded; undefined before the first. */
export function isCodeRead({ attempted, failure }: ValueState): boolean | undefined {
  return attempted ? failure === undefined : undefined;
}

/** The code of a wallet: most have none, and one that gets a delegation was usually stolen. */
export const CODE_WATCH: AssetKind = {
  kind: CODE.kind,
  schema(v) {
    const code = codeSchema(v);
    return { wallet: { code }, network: { code } };
  },
  account: (holder, keys) =>
    keys["code"] === undefined || keys["code"] === "ignore" ? undefined : codeAccount(holder, PACE),
  families: [
    {
      name: "wallet_code_info",
      type: "gauge",
      help:
        "The kind of code that the wallet has; always 1. A delegated wallet runs the code of a contract (EIP-7702).",
      variant: { label: "kind", values: CODE_KINDS },
      value: ({ reading }, _keys, kind) => reading !== undefined && codeKindOf(reading.amount) === kind ? 1 : undefined,
    },
    {
      name: "wallet_code_expected",
      type: "gauge",
      help:
        "Whether the wallet has its code on purpose: 0 while it is delegated and `code` of the configuration does not say " +
        "so, or names another contract; else 1.",
      value: ({ reading }, keys) => reading && Number(isExpectedCode(reading.amount, keys)),
    },
    {
      name: "wallet_code_changes_total",
      type: "counter",
      help: "How often the wallet's code changed since the exporter started.",
      value: ({ reading, changes }) => reading && changes?.count,
    },
    {
      name: "wallet_code_check_success",
      type: "gauge",
      help: "1 when the last read of the code succeeded, 0 when it failed; absent before the first read.",
      value(state) {
        const isGood = isCodeRead(state);
        return isGood === undefined ? undefined : Number(isGood);
      },
    },
  ],
};
