// What nodes say of a block, or of its state, that they do not have (yet). In lower case.

const GETH = [
  /missing trie node|trie does not|(header|block|state)( for hash)? not found/,
  /unknown (block|header|ancestor)|not currently canonical|unexpected state root/,
  /\bno (block|header) (found|available)|\b(block|header)\b[^.]{0,40}is missing/,
  // Path-based storage.
  /metadata is not found|state histor(y|ies) (haven't|has ?n.t|is not|not)|layer stale/,
  /(historical |required )?state .{0,80}(not available|unavailable)|no state (available|found|data)/,
  // EIP-4444.
  /pruned|ancient|history unavailable|old data (is )?not available/,
  // op-geth: blocks before Bedrock.
  /no historical rpc|historical backend error/,
  /\b(block|header)\b[^.]{0,80}not (yet )?(be )?(found|available|exist)/,
];

const OTHER_CLIENTS = [
  // nethermind: `MissingTrieNodeException`, "… could not be found".
  /missingtrienode|(could not|cannot|can't|unable to) (be found|find|resolve|get|load|fetch) (the )?(block|header)\b/,
  // besu.
  /world state|historical state/,
  // reth: "distance to target block exceeds maximum proof window", "best block does not exist".
  /maximum proof window|best block does not exist/,
  // erigon: "empty reader set", "block number is in the future", "invalid blockhash finalized".
  /empty reader set|body not found|invalid blockhash|beyond head block/,
  // OpenEthereum, also of future blocks; Gnosis, Ethereum Classic.
  /state pruning|--pruning/,
  // avalanche.
  /unfinalized|after last accepted block/,
  // arbitrum nitro.
  /failed to (get|load|open|create) (the )?(historical )?state|error (getting|creating) (historical )?state/,
];

const OTHER_CHAINS = [
  // Cosmos SDK and CometBFT: Evmos, Kava, Cronos, Canto, Injective, Sei, Dymension.
  /height in the future|future block height|future height|invalid (block )?height|version does not exist/,
  /height .{0,40}not available|lowest height is|height( \d+)? must be less than|does not exist on height|load state at height/,
  /could not find (finalizeblock|results?|block)|no data (for|at) (block|height)|failed to load (block|header|version)/,
  // kaia: "the block does not exist (block number: …)"; zksync: "Block with such an ID doesn't exist yet".
  /\b(block|header|state|height|epoch|tipset)\b[^.]{0,60}(does ?n.t|does not|do not|did not) exist/,
  // Filecoin: lotus and forest.
  /null round|tipset|(requested|future) epoch|epoch .{0,40}(future|beyond|larger)/,
  // frontier: Moonbeam, Astar.
  /state already discarded|unknownblock|expect block number from id/,
  // conflux.
  /specified epoch|out-of-bounds?/,
  // hedera.
  /requested resource not found/,
  // flow's gateway.
  /entity not found|not (yet )?indexed|indexing is in progress/,
  // harmony, HyperEVM, IoTeX.
  /(block|height)[^.]{0,60}(greater|higher|larger|newer|later|above|ahead|beyond|exceeds?) (than )?[^.]{0,30}(latest|current|head|tip|best|last|known|max)/,
  /\b(block|height)\b[^.]{0,60}\b(in the future|not (yet )?(mined|produced|reached|executed|processed|imported|synced|known))/,
];

const GATEWAYS = [
  // proxyd, erpc, dRPC, Alchemy, QuickNode, Chainstack: "block is out of range", "requested data is not available".
  /block(height)?( is)?( ?out)? ?of ?range|requested (data|block|state|height) .{0,40}(not available|unavailable|not found)/,
  // Several report the last block they have.
  /\b(latest|last|current|head|highest|best|max\w*) (block|height)( number)?( is|:| =)? ?\d/,
  /missing data|upstream block unavailable|(block|state|data) .{0,20}unavailable/,
  // Pocket.
  /height passed is invalid|height is out of sync/,
  // Infura, Ankr, QuickNode: archive state is a plan of its own.
  /\barchiv(e|al)\b/,
  /not.{0,10}synced|is syncing|still syncing|not (yet )?caught up/,
];

const isState = anyOf(...GETH, ...OTHER_CLIENTS, ...OTHER_CHAINS, ...GATEWAYS);

/** About the method or its parameters, which may mention blocks as well. */
const isMethod = anyOf(/\bmethod\b|\b(just|only) supports?\b|\btag\b/);

/**
 * Returns whether a block or its state is missing: another endpoint may have it, and so may this one in a moment.
 *
 * @param text in lower case
 */
export function isStateMissing(text: string): boolean {
  return isState(text) && !isMethod(text);
}

/** Makes a function that returns whether a text in lower case matches any of some patterns. */
export function anyOf(...patterns: readonly RegExp[]): (text: string) => boolean {
  const joined = new RegExp(patterns.map(({ source }) => source).join("|"));
  return (text) => joined.test(text);
}
