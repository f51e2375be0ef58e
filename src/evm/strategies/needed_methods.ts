import type { Strategy } from "../../model/source.ts";

/** The methods that an endpoint must answer to be read by a strategy, for native balances and tokens. */
export const NEEDED_METHODS: Readonly<Record<Strategy, string>> = {
  packed: "eth_call with state overrides",
  multicall: "eth_chainId, eth_getCode, eth_call (with Multicall3 on the chain)",
  batch: "eth_chainId, eth_getBlockByNumber, eth_getBalance (tokens: eth_call), in JSON-RPC batches",
  single: "eth_chainId, eth_getBlockByNumber, eth_getBalance (tokens: eth_call)",
  latest: "eth_getBalance (tokens: eth_call), with block: latest",
};
