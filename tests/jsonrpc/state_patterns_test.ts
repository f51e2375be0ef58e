import assert from "node:assert/strict";
import { classifyRpcError } from "../../src/jsonrpc/classify_error.ts";
import { isStateMissing } from "../../src/jsonrpc/state_patterns.ts";

/**
 * What geth, erigon, nethermind, besu, reth, bor, avalanche, nitro, op-geth, Cosmos chains, Filecoin, frontier, kaia,
 * zksync, conflux, hedera, flow, harmony, HyperEVM, OpenEthereum and gateways say of a block or state that is not there.
 */
const MISSING: readonly string[] = [
  "rpc error: code = Unknown desc = cannot query with height in the future; please provide a valid height: invalid height",
  "rpc error: code = InvalidArgument desc = failed to load state at height 25; version does not exist (latest height: 24): invalid request",
  "the block does not exist (block number: 123456)",
  "This request is not supported because your node is running with state pruning. Run with --pruning=archive.",
  "requested epoch was a null round (3847253)",
  "state histories haven't been fully indexed yet",
  "missing trie node 0xabc (path ) state 0xabc is not available",
  "missing trie node 6a1f (path ) <nil>",
  "header not found",
  "header for hash not found",
  "unknown block",
  "Unknown block",
  "block not found",
  "Block not found: 0x10",
  "could not find block",
  "height must be less than or equal to the current blockchain height",
  "height 100 must be less than or equal to the current blockchain height 99",
  "invalid blockhash finalized",
  "Expect block number from id: BlockId::Number(100)",
  "the block height passed is invalid",
  "cannot query unfinalized data",
  "height is not available",
  "height 5 is not available, lowest height is 100",
  "could not find FinalizeBlock responses for height #100",
  "could not find results for height #100",
  "no historical RPC is available for this historical (pre-bedrock) execution request",
  "requested from block 100 to block 200 after last accepted block 150",
  "No state available for block 0xabc",
  "historical state 0xabc is not available",
  "historical state not available in path scheme yet",
  "required historical state unavailable (reexec=128)",
  "trie does not contain node",
  "block number greater than latest",
  "hash 0xabc is not currently canonical",
  "requested data is not available",
  "metadata is not found",
  "distance to target block exceeds maximum proof window",
  "node state is pruned",
  "State already discarded for 0xabc",
  "failed to compute tipset state",
  "bad tipset height: expected 5",
  "body not found for block 100",
  "request beyond head block",
  "version mismatch on immutable IAVL tree; version does not exist. Version has either been pruned, or is for a future block height (latest height: 13560808)",
  "historical backend error: timeout",
  "load state tree: failed to load state tree bafy: IPLD: could not find bafy",
  "no state data",
  "state is not available",
  "Block with such an ID is pruned; the first retained block is 100",
  "Block with such an ID doesn't exist yet",
  "state at block #2 is pruned",
  "unexpected state root",
  "EVM module does not exist on height 100",
  "no state found for block number 5",
  "old data not available due to pruning",
  "state not found for block 5",
  "access to archival, debug, or trace data is not included in your current plan",
  "empty reader set",
  "request might be querying historical state that is not available",
  "pruned history unavailable",
  "Internal Error: State not available for block",
  "block is out of range",
  "BlockOutOfRangeError: block height is 100 but requested was 200",
  "World state unavailable",
  "Requested resource not found. block '0x5'.",
  "The requested block number is in the future",
  "block number is in the future: requested 100, latest 99",
  "requested block number greater than current block number",
  "Specified block header does not exist",
  "Client error: UnknownBlock: State already discarded for 0xabc",
  "State for epoch (number=100) does not exist: out-of-bound StateAvailabilityBoundary",
  "specified epoch number 100 is larger than the maximum epoch number 99",
  "invalid block height: 123",
  "entity not found",
  "requested height 5 is not yet indexed",
  "looking for tipset with height greater than start point, req: 5, head: 4",
  "block 100 not yet executed",
  "block #100 was not executed yet",
  "finalized block not found",
  "safe block not found",
  "Unfinalized block, please query with a lower block number",
  "the node is not synced",
  "node is still syncing",
  "Missing or invalid parameters: block 0x5 not available",
  "Requested block 5 is not available",
  "project ID does not have access to archive state",
  "layer stale",
  "block by number 5: not found",
  "failed to get historical state for block 5",
  "Block data not available yet",
  "no header found for block 100",
  "cannot find header 100",
  "Unable to find block 0x5",
  "block header 100 is missing",
  "The node is syncing",
  "ErrUpstreamBlockUnavailable: block not available",
  "block 5 beyond the latest block 4",
  "query for height 100 higher than the latest height",
  "last block is 99, requested 100",
];

/** Messages about something else, or about the request. */
const OTHER: readonly string[] = [
  "the method eth_getBlockByNumber does not exist/is not available",
  "method not supported",
  "execution reverted",
  "QUANTITY not supported, just support TAG as latest",
  "Method eth_call is not available",
  "insufficient funds for gas * price + value",
  "invalid argument 2: hex string has length 0",
  "Unauthorized",
  "daily request count exceeded",
  "rate limit exceeded",
  "out of gas",
  "account is frozen",
  "only latest block is supported",
  "invalid block number",
  "internal error",
  "execution aborted (timeout = 5s)",
  "The method eth_chainId is not whitelisted",
  "project id not found",
  "batch too large",
  "upstream not available",
  "invalid project id",
  "API key not found",
  "contract does not exist",
  "account does not exist",
  "sender not found",
  "request timeout",
  "server unavailable",
  "service temporarily unavailable",
];

Deno.test("M7: classifyRpcError() reports state_unavailable for a missing block or state, in every node's words", () => {
  for (const message of MISSING) {
    for (const code of [-32000, -32603, 12, undefined]) {
      const { reason, refusal } = classifyRpcError({ code, message });
      assert.deepEqual([reason, refusal], ["state_unavailable", undefined], message);
    }
    assert.equal(
      classifyRpcError({ code: -32000, message }, 100).reason,
      "state_unavailable",
      `of a batch: ${message}`,
    );
  }
});

Deno.test("M7: classifyRpcError() reports state_unavailable by code", () => {
  for (const code of [-32001, 4444]) {
    assert.equal(classifyRpcError({ code, message: "Resource not found" }).reason, "state_unavailable");
  }
});

Deno.test("M7: isStateMissing() ignores other messages about blocks, methods and accounts", () => {
  for (const message of OTHER) {
    assert.equal(isStateMissing(message.toLowerCase()), false, message);
    assert.notEqual(classifyRpcError({ code: -32000, message }).reason, "state_unavailable", message);
  }
});

Deno.test("M7: isStateMissing() takes time linear in the length of the message", () => {
  for (const piece of ["block ", "state not ", "height 1 ", "a", "."]) {
    assert.equal(isStateMissing(piece.repeat(2000 / piece.length)), false);
  }
});
