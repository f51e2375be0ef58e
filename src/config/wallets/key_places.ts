import { SCHEMA_PARTS } from "./wallet_schema.ts";

/** Where keys of version 2 belong that are often written in another object. */
export const KEY_PLACES: ReadonlyMap<string, string> = new Map([
  ["mute", "of a wallet"],
  ["views", "of a network"],
  ["walletsFrom", "of a network"],
  ["preset", "of a token of the network"],
  ["backfill", "of a network or defaults"],
  ["outflow", "of a network or defaults"],
  ["prices", "of the whole file, beside networks"],
  ...SCHEMA_PARTS.flatMap(({ wallet = {}, network = {} }) =>
    Object.keys(wallet).map((key) =>
      [key, Object.hasOwn(network, key) ? "of a wallet, a network or defaults" : "of a wallet"] as const
    )
  ),
]);
