import type { Anvil } from "../../dev/anvil.ts";
import { installTokens, setTokens, TOKENS } from "../rig/token_contracts.ts";
import { until } from "../program/until.ts";
import type { Scenario, Setup, World } from "./scenario.ts";
import { coins, configOf, fastConfig, fastProcessOf, processOf, type Wallet, wallet } from "./world.ts";

// Its steps are so small that they are no outflow to warn of.
const STEPWISE = wallet("stepwise", {
  thresholds: { warning: 4, minimum: 3.97, critical: 3.95 },
  labels: { team: "bridge" },
});
const CALM = wallet("calm", { thresholds: { minimum: 1 }, labels: { team: "sequencer" } });
const SUDDEN = wallet("sudden", { thresholds: { minimum: 2 }, labels: { team: "sequencer" } });
const PARTLY = wallet("partly", { thresholds: { minimum: 2 } });
const HOT = wallet("hot", { thresholds: { maximum: 50 } });
const BARE = wallet("bare");
const LAST = wallet("last", { thresholds: { minimum: 2 } });
const SPENDER = wallet("spender", { thresholds: { minimum: 15 } });
const PAYER = wallet("payer", { tokens: { USDC: { warning: 400, minimum: 200 } } });
const HOLDER = wallet("holder");
const ALL = [STEPWISE, CALM, SUDDEN, PARTLY, HOT, BARE, LAST, SPENDER, PAYER, HOLDER];

const USDC = 10n ** 6n;

/** Gives all wallets more than they need. */
async function fund(node: Anvil): Promise<void> {
  await installTokens(node);
  await node.rpc("anvil_setCode", [TOKENS.other, "0x"]);
  await setTokens(node, TOKENS.good, PAYER.address, 1000n * USDC);
  for (const { address } of ALL) await node.setBalance(address, coins(20));
  await node.setBalance(HOT.address, coins(49.9));
}

/** Wallets that drain and are topped up, each on a network of its own. */
export async function walletScenario({ node, env }: Setup): Promise<Scenario> {
  await fund(node);
  const network = (...wallets: readonly Wallet[]): Record<string, unknown> => ({ endpoints: [node.url], wallets });
  const config = configOf({
    steps: network(STEPWISE, CALM),
    falls: network(SUDDEN),
    rises: network(PARTLY),
    vault: network(HOT),
    thief: network(BARE, LAST),
    burns: network(SPENDER),
    pays: { ...network(PAYER), tokens: [{ symbol: "USDC", address: TOKENS.good }] },
    lacks: { ...network(HOLDER), tokens: [{ symbol: "GONE", address: TOKENS.other }] },
  });
  return {
    name: "wallets drain and are topped up",
    release: "main",
    rulesFrom: "chart",
    config,
    processes: [processOf("main", { ...env, WALLET_CONFIG: config })],
    fastProcesses: [fastProcessOf("main", { ...env, WALLET_CONFIG: fastConfig(config) })],
    run: async (world) => {
      await Promise.all([steps, falls, rises, vault, thief, burns, pays, lacks].map((each) => each(world)));
    },
    delivered: [
      "ticket: main BelowWarning stepwise: firing resolved",
      "bridge: main BelowWarning stepwise: firing resolved",
      "ticket: main BelowMinimum stepwise: firing resolved",
      "bridge: main BelowMinimum stepwise: firing resolved",
      "page: main CriticallyLow stepwise: firing resolved",
      "bridge: main CriticallyLow stepwise: firing resolved",
      "page: main CriticallyLow sudden: firing resolved",
      "sequencer: main CriticallyLow sudden: firing resolved",
      "page: main CriticallyLow partly: firing resolved",
      "ticket: main BelowMinimum partly: firing resolved",
      "log: main AboveMaximum hot: firing resolved",
      "ticket: main Emptied bare: firing resolved",
      "page: main CriticallyLow last: firing resolved",
      "ticket: main DepletingSoon spender: firing resolved",
      "ticket: main BelowMinimum spender: firing resolved",
      "page: main DepletingFast spender: firing resolved",
      "ticket: main TokenBelowWarning payer USDC: firing resolved",
      "page: main TokenCriticallyLow payer USDC: firing resolved",
      "ticket: main TokenCheckFailing lacks GONE: firing resolved",
    ],
    inhibited: [
      "main BelowWarning stepwise by main BelowMinimum stepwise",
      "main BelowWarning stepwise by main CriticallyLow stepwise",
      "main BelowMinimum stepwise by main CriticallyLow stepwise",
      "main BelowMinimum sudden by main CriticallyLow sudden",
      "main BelowMinimum partly by main CriticallyLow partly",
      "main BelowMinimum last by main CriticallyLow last",
      "main Emptied last by main CriticallyLow last",
      "main DepletingSoon spender by main DepletingFast spender",
      "main TokenBelowWarning payer USDC by main TokenCriticallyLow payer USDC",
      "main TokenBelowMinimum payer USDC by main TokenCriticallyLow payer USDC",
    ],
  };
}

async function steps({ node, isDelivered, isInhibited }: World): Promise<void> {
  await node.setBalance(STEPWISE.address, coins(3.98));
  await isDelivered("ticket", "main BelowWarning stepwise", "firing");
  await node.setBalance(STEPWISE.address, coins(3.96));
  await isDelivered("ticket", "main BelowMinimum stepwise", "firing");
  await isInhibited("main BelowWarning stepwise", "main BelowMinimum stepwise");
  await node.setBalance(STEPWISE.address, coins(3.94));
  await isDelivered("page", "main CriticallyLow stepwise", "firing");
  await isInhibited("main BelowMinimum stepwise", "main CriticallyLow stepwise");
  await node.setBalance(STEPWISE.address, coins(1e4));
  await isDelivered("page", "main CriticallyLow stepwise", "resolved");
  await isDelivered("bridge", "main BelowWarning stepwise", "resolved");
  await isDelivered("ticket", "main BelowMinimum stepwise", "resolved");
}

/** The minimum is crossed together with the critical level, so only the latter is heard of. */
async function falls({ node, isDelivered, isInhibited }: World): Promise<void> {
  await node.setBalance(SUDDEN.address, coins(0.1));
  await isDelivered("page", "main CriticallyLow sudden", "firing");
  await isInhibited("main BelowMinimum sudden", "main CriticallyLow sudden");
  await node.setBalance(SUDDEN.address, coins(1e4));
  await isDelivered("page", "main CriticallyLow sudden", "resolved");
}

/** A top-up that is not enough: then the minimum is heard of. */
async function rises({ node, isDelivered, isInhibited }: World): Promise<void> {
  await node.setBalance(PARTLY.address, coins(0.1));
  await isDelivered("page", "main CriticallyLow partly", "firing");
  await isInhibited("main BelowMinimum partly", "main CriticallyLow partly");
  await node.setBalance(PARTLY.address, coins(1));
  await isDelivered("page", "main CriticallyLow partly", "resolved");
  await isDelivered("ticket", "main BelowMinimum partly", "firing");
  await node.setBalance(PARTLY.address, coins(1e4));
  await isDelivered("ticket", "main BelowMinimum partly", "resolved");
}

async function vault({ node, isDelivered }: World): Promise<void> {
  await node.setBalance(HOT.address, coins(50.2));
  await isDelivered("log", "main AboveMaximum hot", "firing");
  await node.setBalance(HOT.address, coins(49.9));
  await isDelivered("log", "main AboveMaximum hot", "resolved");
}

async function thief({ node, prometheus, fires, isDelivered, isInhibited }: World): Promise<void> {
  await node.setBalance(LAST.address, coins(0.1));
  await isDelivered("page", "main CriticallyLow last", "firing");
  // Compared to an hour before.
  await until("balances of an hour before", async () => {
    const before = 'wallet:wallet_balance_eth:max{label="last"} offset 1m';
    return await prometheus.count(`${before} and wallet:wallet_balance_eth:max < 1`) > 0;
  });
  await Promise.all([BARE, LAST].map(({ address }) => node.setBalance(address, 0n)));
  await isDelivered("ticket", "main Emptied bare", "firing");
  await fires("main Emptied last");
  await isInhibited("main Emptied last", "main CriticallyLow last");
  await Promise.all([BARE, LAST].map(({ address }) => node.setBalance(address, coins(1e4))));
  await isDelivered("ticket", "main Emptied bare", "resolved");
  await isDelivered("page", "main CriticallyLow last", "resolved");
}

/** A wallet that would be empty in five minutes, which are five hours in the rules, and falls below its minimum. */
async function burns({ node, isDelivered, isInhibited }: World): Promise<void> {
  const from = Date.now();
  let over = false;
  async function spend(): Promise<void> {
    while (!over) {
      const spent = 0.07 * (Date.now() - from) / 1000;
      await node.setBalance(SPENDER.address, coins(Math.max(1, 20 - spent)));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  const spending = spend();
  try {
    await isDelivered("ticket", "main DepletingSoon spender", "firing");
    await isDelivered("page", "main DepletingFast spender", "firing");
    await isInhibited("main DepletingSoon spender", "main DepletingFast spender");
  } finally {
    over = true;
    await spending;
  }
  await node.setBalance(SPENDER.address, coins(1e6));
  await isDelivered("page", "main DepletingFast spender", "resolved");
  await isDelivered("ticket", "main DepletingSoon spender", "resolved");
  await isDelivered("ticket", "main BelowMinimum spender", "resolved");
}

async function pays({ node, isDelivered, isInhibited }: World): Promise<void> {
  await setTokens(node, TOKENS.good, PAYER.address, 300n * USDC);
  await isDelivered("ticket", "main TokenBelowWarning payer USDC", "firing");
  await setTokens(node, TOKENS.good, PAYER.address, 10n * USDC);
  await isDelivered("page", "main TokenCriticallyLow payer USDC", "firing");
  await isInhibited("main TokenBelowMinimum payer USDC", "main TokenCriticallyLow payer USDC");
  await isInhibited("main TokenBelowWarning payer USDC", "main TokenCriticallyLow payer USDC");
  await setTokens(node, TOKENS.good, PAYER.address, 1000n * USDC);
  await isDelivered("page", "main TokenCriticallyLow payer USDC", "resolved");
  await isDelivered("ticket", "main TokenBelowWarning payer USDC", "resolved");
}

/** There is no contract yet. */
async function lacks({ node, isDelivered }: World): Promise<void> {
  await isDelivered("ticket", "main TokenCheckFailing lacks GONE", "firing");
  await installTokens(node);
  await isDelivered("ticket", "main TokenCheckFailing lacks GONE", "resolved");
}
