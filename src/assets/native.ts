import type { Account, Asset } from "./asset.ts";

/** The native coin of a chain. */
export const NATIVE: Asset = {
  kind: "native",
  requestType: "balance",
  request: (address) => ({ type: "balance", address }),
};

/** The native balance of an address, with `0x`. */
export function nativeAccount(holder: string): Account {
  return { asset: NATIVE, holder, key: holder };
}
