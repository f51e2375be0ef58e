import { getContractAddress, keccak256 } from "viem/utils";
import type { Item } from "./fake_node.ts";

/** A chain with nonces and codes, and what a node makes of them when it runs a program. */
export interface ProgramChain {
  chainId: number;
  block: bigint;
  time: number;
  /** How far its header's time is ahead of the one that the EVM reports, in seconds. */
  headerAhead: number;
  /** By address in lower case; others have 0. */
  readonly nonces: Map<string, bigint>;
  /** By address in lower case, as hex digits; others have none. */
  readonly codes: Map<string, string>;
  readonly balances: Map<string, bigint>;
  /** The nonce that `CREATE` uses; none where it fails. */
  nonceSeen: (nonce: bigint, holder: string) => bigint | undefined;
  /** What `EXTCODEHASH` returns, of an account or of a program itself. */
  hashSeen: (hash: bigint, code: string) => bigint;
  /** The gas that a call is run with, whatever it asks for. */
  gasCap: number;
  /** Refuses a call with a program, by the error that it throws. */
  check: (program: string, gas: number) => void;
  /** Changes what a program returns. */
  change: (words: readonly bigint[], program: string) => readonly bigint[];
}

/** Makes a chain on which everything works, and nothing is there. */
export function createProgramChain(): ProgramChain {
  return {
    chainId: 1,
    block: 100n,
    time: 1_700_000_000,
    headerAhead: 0,
    nonces: new Map(),
    codes: new Map(),
    balances: new Map(),
    nonceSeen: (nonce) => nonce,
    hashSeen: (hash) => hash,
    gasCap: Infinity,
    check: () => {},
    change: (words) => words,
  };
}

/** Answers what a node of this chain does; undefined for a call without a program. */
export function answerOnChain({ method, params }: Item, chain: ProgramChain): unknown {
  const holder = String(params[0]).toLowerCase();
  const at = String(params[1]);
  if (/^0x/.test(at) && BigInt(at) > chain.block) throw new Error("header not found");
  switch (method) {
    case "eth_getTransactionCount":
      return `0x${(chain.nonces.get(holder) ?? 0n).toString(16)}`;
    case "eth_getCode":
      return `0x${chain.codes.get(holder) ?? ""}`;
    case "eth_getBalance":
      return `0x${(chain.balances.get(holder) ?? 0n).toString(16)}`;
    case "eth_chainId":
      return `0x${chain.chainId.toString(16)}`;
    case "eth_getBlockByNumber":
      return {
        number: `0x${chain.block.toString(16)}`,
        timestamp: `0x${(chain.time + chain.headerAhead).toString(16)}`,
      };
    case "eth_call":
      return runProgram(params, chain);
    default:
      return undefined;
  }
}

interface CallObject {
  readonly to: string;
  readonly data: string;
  readonly gas: string;
}

function runProgram(params: readonly unknown[], chain: ProgramChain): string | undefined {
  const [{ to, data, gas }, , overrides] = params as readonly [CallObject, unknown, Overrides?];
  if (overrides?.[to] === undefined) return undefined;
  const program = new TextDecoder().decode(Uint8Array.fromHex(to.slice(2)));
  chain.check(program, Number(gas));
  const key = BigInt(data.slice(0, 66));
  const entries = data.slice(66);
  const head = [BigInt(chain.chainId), chain.block, BigInt(chain.time)];
  const run = { chain, gas: Math.min(chain.gasCap, Number(gas)), key, overrides, to };
  const words = [...head, ...wordsOf(program, entries, run)];
  let tag = key;
  for (const word of words) tag = (tag * key + word) % 2n ** 256n;
  return `0x${chain.change([...words, tag], program).map((word) => word.toString(16).padStart(64, "0")).join("")}`;
}

interface Run {
  readonly chain: ProgramChain;
  readonly gas: number;
  readonly key: bigint;
  readonly overrides: Overrides;
  readonly to: string;
}

type Overrides = Readonly<Record<string, { readonly code: string }>>;

function wordsOf(program: string, entries: string, { chain, gas, key, overrides, to }: Run): readonly bigint[] {
  const split = (text: string): readonly string[] => (text.match(/.{40}/g) ?? []).map((digits) => `0x${digits}`);
  const balanceOf = (address: string): bigint => chain.balances.get(address) ?? 0n;
  const hashAt = (address: string): bigint => {
    const own = overrides[address]?.code.slice(2) ?? chain.codes.get(address);
    // Without code an account has the hash of nothing if it exists.
    const exists = balanceOf(address) > 0n || chain.nonces.has(address);
    return chain.hashSeen(own === undefined ? exists ? hashOf("") : 0n : hashOf(own), own ?? "");
  };
  switch (program) {
    case "wallet-balance-loop!":
      return split(entries).map(balanceOf);
    case "wallet-balance-nonce":
      return split(entries).slice(0, Math.floor((gas - 100_000) / 35_300)).map((holder) => {
        const nonce = chain.nonceSeen(chain.nonces.get(holder) ?? 0n, holder);
        return nonce === undefined ? 0n : createdBy(holder, nonce);
      });
    case "wallet-balance-codes":
      return split(entries).map(hashAt);
    case "wallet-balance-watch": {
      const all = split(entries.slice(64));
      const watched = (Number(`0x${entries.slice(0, 64)}`) - 64) / 20;
      let digest = hashAt(to);
      for (const [index, address] of all.entries()) {
        const hash = hashAt(address) === hashOf("") ? 0n : hashAt(address);
        digest = (digest * key + (index < watched ? hash & ~3n : 0n)) % 2n ** 256n;
      }
      return [...all.map(balanceOf), digest];
    }
    default:
      throw new Error(`no program is called ${program}`);
  }
}

const hashes = new Map<string, bigint>();
const addresses = new Map<string, bigint>();

/** Hashes take most of the time of a test with many rounds. */
function remembered(known: Map<string, bigint>, key: string, make: () => string): bigint {
  const value = known.get(key) ?? BigInt(make());
  known.set(key, value);
  return value;
}

function hashOf(code: string): bigint {
  return remembered(hashes, code, () => keccak256(`0x${code}`));
}

function createdBy(holder: string, nonce: bigint): bigint {
  return remembered(
    addresses,
    `${holder} ${nonce}`,
    () => getContractAddress({ from: holder as `0x${string}`, nonce }),
  );
}
