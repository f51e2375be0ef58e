import { createPublicClient, defineChain, http } from "viem";
import { systemClock } from "../src/util/clock.ts";
import { pollOnce } from "../tests/fakes/read_values.ts";
import type { LearnedStrategy } from "../src/evm/strategies/strategy_selector.ts";
import { startDeadline } from "../src/http/deadline.ts";
import { openPool } from "../tests/fakes/open_pool.ts";
import { MULTICALL_ADDRESS } from "../tests/rig/install_multicall.ts";

/** The measurement of a way of reading, printed as JSON. */
export interface Measured {
  /** Milliseconds of each round. */
  readonly walls: readonly number[];
  /** CPU time in ms per round. */
  readonly cpu: number;
  /** Sum of all balances, to be compared with the expected one. */
  readonly sum: string;
  /** Maximum of V8's used heap in MiB, above that before. */
  readonly heap: number;
}

type Reader = () => Promise<bigint>;
type Address = `0x${string}`;

function readOurs(url: string, addresses: readonly string[], strategy: LearnedStrategy): Reader {
  const pool = openPool([url], { accounts: addresses, strategy, timeout: 60_000 });
  pool.poolEndpoint.selector.multicall = MULTICALL_ADDRESS;
  return async () => {
    using deadline = startDeadline(systemClock, 60_000);
    const { outcomes } = await pollOnce(pool.network, { clock: systemClock, timeout: 60_000, deadline });
    let sum = 0n;
    for (const outcome of outcomes) if (typeof outcome === "object") sum += outcome.amount;
    return sum;
  };
}

function readViem(url: string, addresses: readonly string[], way: string): Reader {
  const chain = defineChain({
    id: 31337,
    name: "anvil",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
    contracts: { multicall3: { address: MULTICALL_ADDRESS } },
  });
  const batch = way === "viem batch" ? { batchSize: 100 } : false;
  const client = createPublicClient({ chain, transport: http(url, { batch, timeout: 60_000 }) });
  const abi = [{
    type: "function",
    name: "getEthBalance",
    stateMutability: "view",
    inputs: [{ name: "addr", type: "address" }],
    outputs: [{ type: "uint256" }],
  }] as const;
  const read = (address: string): Promise<bigint> => client.getBalance({ address: address as Address });
  return async () => {
    let balances: readonly bigint[] = [];
    if (way === "viem one by one") {
      const all: bigint[] = [];
      for (const address of addresses) all.push(await read(address));
      balances = all;
    } else if (way === "viem batch") {
      balances = await Promise.all(addresses.map(read));
    } else {
      const contracts = addresses.map((address) => ({
        address: MULTICALL_ADDRESS as Address,
        abi,
        functionName: "getEthBalance" as const,
        args: [address as Address] as const,
      }));
      balances = await client.multicall({ contracts, allowFailure: false, batchSize: 36 * 1000 });
    }
    return balances.reduce((sum, wei) => sum + wei, 0n);
  };
}

async function measure(read: Reader, rounds: number): Promise<Measured> {
  let sum = rounds > 1 ? await read() : 0n;
  const walls: number[] = [];
  const cpu = processMs();
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    sum = await read();
    walls.push(performance.now() - started);
  }
  return { walls, cpu: (processMs() - cpu) / rounds, sum: String(sum), heap: rounds > 1 ? await heapOf(read) : 0 };
}

/** Looked at in a round of its own, since looking takes time. */
async function heapOf(read: Reader): Promise<number> {
  const before = Deno.memoryUsage().heapUsed;
  let most = 0;
  const timer = setInterval(() => most = Math.max(most, Deno.memoryUsage().heapUsed - before), 1);
  await read();
  clearInterval(timer);
  return Math.max(most, Deno.memoryUsage().heapUsed - before) / 2 ** 20;
}

/** Processor time of this process so far, all threads together, in milliseconds. */
function processMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

if (import.meta.main) {
  const [way = "", url = "", file = "", rounds = "1"] = Deno.args;
  const addresses: readonly string[] = JSON.parse(await Deno.readTextFile(file));
  const ours = way === "packed" || way === "multicall" || way === "batch";
  const read = ours ? readOurs(url, addresses, way) : readViem(url, addresses, way);
  const measured = await measure(read, Number(rounds));
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(measured)));
  Deno.exit(0);
}
