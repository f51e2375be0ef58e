import { type FakeTruth, startNodes } from "../fakes/fake_node.ts";
import { startExporter } from "../program/exporter.ts";
import { PATIENCE, until } from "../program/until.ts";
import { firstPoll } from "../program/wait_for_poll.ts";

/** A running exporter that has polled once. */
export interface Scene extends AsyncDisposable {
  /** Without a path. */
  readonly url: string;
}

/** A wallet whose balance changes as people see it. */
interface Spender {
  readonly label: string;
  /** In coins. */
  readonly start: number;
  /** Coins that are spent per hour. */
  readonly spends: number;
  readonly minimum: number;
  /** The place of a wallet with the same address. */
  readonly sameAs?: number;
  /** Coins that it gets when it falls below this many. */
  readonly topUp?: { readonly below: number; readonly by: number };
}

interface Chain {
  readonly name: string;
  readonly chainId: number;
  readonly block: bigint;
  readonly spenders: readonly Spender[];
}

const CHAINS: readonly Chain[] = [
  {
    name: "ethereum",
    chainId: 1,
    block: 23_914_500n,
    spenders: [
      { label: "batcher", start: 4.62, spends: 0.42, minimum: 1 },
      { label: "proposer", start: 0.871, spends: 0.055, minimum: 1 },
      { label: "aggregator", start: 12.08, spends: 0.16, minimum: 3 },
      { label: "treasury", start: 1840.5, spends: 0, minimum: 500 },
      { label: "bond", start: 1840.5, spends: 0, minimum: 1000, sameAs: 3 },
    ],
  },
  {
    name: "base",
    chainId: 8453,
    block: 38_871_204n,
    spenders: [
      { label: "paymaster", start: 0.66, spends: 1.9, minimum: 0.5, topUp: { below: 0.55, by: 0.4 } },
      { label: "relayer-a", start: 0.0412, spends: 0.012, minimum: 0.2 },
      { label: "relayer-b", start: 0.9127, spends: 0.021, minimum: 0.2 },
    ],
  },
  {
    name: "polygon",
    chainId: 137,
    block: 79_640_118n,
    spenders: [
      { label: "oracle", start: 412.7, spends: 9.4, minimum: 50 },
      { label: "bridge-claimer", start: 98.4, spends: 2.2, minimum: 20 },
    ],
  },
  {
    name: "linea",
    chainId: 59_144,
    block: 26_110_930n,
    spenders: [{ label: "postman", start: 2.4, spends: 0.1, minimum: 0.5 }],
  },
];

/** Amounts have six decimal places. */
const MICRO = 10 ** 6;
const TICK_MS = 2000;

/** Networks with wallets that spend, one that is topped up, two that are low; the last network fails after a while. */
export async function livelyScene(): Promise<Scene> {
  const truths = CHAINS.map(({ chainId, block, spenders }, place) => ({
    chainId,
    block,
    overrides: true,
    balances: new Map(spenders.map(({ start }, index) => [addressOf(place, index), wei(start)])),
  }));
  const nodes = startNodes(truths);
  const timer = setInterval(() => {
    for (const [place, { spenders }] of CHAINS.entries()) {
      const node = nodes.all[place];
      if (node === undefined) continue;
      node.truth.block++;
      node.truth.time = Math.floor(Date.now() / 1000);
      for (const [index, spender] of spenders.entries()) spend(node.truth.balances, addressOf(place, index), spender);
    }
  }, TICK_MS);
  const last = nodes.all.at(-1);
  const networks = CHAINS.map(({ name, chainId, spenders }, place) => ({
    name,
    chainId,
    endpoints: [{ name: "primary", url: nodes.urls[place] }],
    wallets: spenders.map(({ label, minimum, sameAs }, index) => ({
      address: addressOf(place, sameAs ?? index),
      label,
      thresholds: { minimum, warning: Number((1.25 * minimum).toPrecision(3)), target: 4 * minimum },
    })),
  }));
  const scene = await startScene({ version: 2, interval: "5s", networks }, async () => {
    clearInterval(timer);
    await nodes[Symbol.asyncDispose]();
  });
  if (last !== undefined) last.truth.instead = () => new Response("", { status: 503 });
  await until("the failing network", async () => /network cannot be read</.test(await (await fetch(scene.url)).text()));
  return scene;
}

/** The path of a wallet's page. */
export function walletPath(network: string, place: number, index: number): string {
  return `/wallets/${network}/${addressOf(place, index)}`;
}

/** Nothing to watch. */
export function emptyScene(): Promise<Scene> {
  return startScene({});
}

/** Two networks that were never read. */
export async function failingScene(): Promise<Scene> {
  const nodes = startNodes([1, 8453].map((chainId) => ({
    chainId,
    instead: () => new Response("<h1>502 Bad Gateway</h1>", { status: 502 }),
  })));
  const config = Object.fromEntries(nodes.urls.map((url, place) => [url, [
    { address: addressOf(place, 0), label: "batcher", min_balance_eth: 1 },
    { address: addressOf(place, 1), label: "proposer", min_balance_eth: 1 },
    { address: "0x123", label: "mistyped" },
  ]]));
  return await startScene(config, () => nodes[Symbol.asyncDispose]());
}

/** Wallets with labels, which may want to be more than text. */
export async function labelScene(labels: readonly string[]): Promise<Scene> {
  const balances = new Map(labels.map((_, index) => [addressOf(0, index), wei(index)]));
  const nodes = startNodes([{ overrides: true, balances }]);
  const config = {
    [nodes.urls[0] ?? ""]: labels.map((label, index) => ({
      address: addressOf(0, index),
      label,
      min_balance_eth: 2,
    })),
  };
  return await startScene(config, () => nodes[Symbol.asyncDispose]());
}

/** A wallet below its minimum for each team. */
export async function teamScene(teams: readonly string[]): Promise<Scene> {
  const nodes = startNodes([{ overrides: true, balances: new Map() }]);
  const wallets = teams.map((team, index) => ({
    address: addressOf(0, index),
    label: `wallet ${index}`,
    thresholds: { minimum: 2 },
    labels: { team },
  }));
  const config = { version: 2, networks: [{ name: "main", endpoints: [nodes.urls[0]], wallets }] };
  return await startScene(config, () => nodes[Symbol.asyncDispose]());
}

async function startScene(config: unknown, end: () => PromiseLike<void> = () => Promise.resolve()): Promise<Scene> {
  const exporter = startExporter({ WALLET_CONFIG: JSON.stringify(config), CHECK_INTERVAL: "5" });
  const scene = {
    url: `http://127.0.0.1:${exporter.port}`,
    async [Symbol.asyncDispose](): Promise<void> {
      await exporter.terminate(PATIENCE);
      await end();
    },
  };
  try {
    await firstPoll(exporter);
  } catch (error) {
    await scene[Symbol.asyncDispose]();
    throw new Error(exporter.logged(), { cause: error });
  }
  return scene;
}

function spend(balances: FakeTruth["balances"], address: string, { spends, topUp }: Spender): void {
  const amount = balances.get(address) ?? 0n;
  // Transactions come as they like: about every fourth tick has one.
  const isSpending = Math.random() < 0.25;
  const spent = isSpending ? wei(spends * TICK_MS / 3_600_000 * 8 * Math.random()) : 0n;
  const left = amount > spent ? amount - spent : 0n;
  balances.set(address, topUp !== undefined && left < wei(topUp.below) ? left + wei(topUp.by) : left);
}

function addressOf(place: number, index: number): string {
  const key = BigInt(16 * place + index + 1) * 0x9e3779b97f4a7c15f39cc0605cedc834b1d2n;
  return `0x${(key * key % 2n ** 160n).toString(16).padStart(40, "0")}`;
}

function wei(coins: number): bigint {
  return BigInt(Math.round(coins * MICRO)) * 10n ** 12n;
}
