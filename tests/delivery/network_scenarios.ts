import { type Anvil, startAnvil } from "../../dev/anvil.ts";
import { freePort } from "../program/free_port.ts";
import { noFault, replyFault, startFaultServer } from "../rig/fault_server.ts";
import type { Scenario, Setup } from "./scenario.ts";
import { coins, configOf, fastConfig, fastProcessOf, processOf, wallet } from "./world.ts";

/** A network dies and returns, while one of its wallets is low. */
export async function networkScenario({ node, stack, env }: Setup): Promise<Scenario> {
  const [rich, poor] = [wallet("rich"), wallet("poor", { thresholds: { minimum: 2 }, labels: { team: "bridge" } })];
  const alive = wallet("alive");
  await node.setBalance(alive.address, coins(20));
  const genesis = await Deno.makeTempFile({ suffix: ".json" });
  stack.defer(() => Deno.remove(genesis));
  const hex = (count: number): string => `0x${coins(count).toString(16)}`;
  await Deno.writeTextFile(
    genesis,
    JSON.stringify({
      config: { chainId: 31338 },
      difficulty: "0x0",
      gasLimit: "0x1c9c380",
      alloc: { [rich.address]: { balance: hex(20) }, [poor.address]: { balance: hex(1) } },
    }),
  );
  const port = freePort();
  const start = (): Promise<Anvil> => startAnvil({ port, chainId: 31338, args: ["--init", genesis] });
  let mortal = await start();
  stack.defer(() => mortal.stop());
  const config = configOf({
    dies: { endpoints: [mortal.url], wallets: [rich, poor] },
    lives: { endpoints: [node.url], wallets: [alive] },
  });
  return {
    name: "a network dies and returns",
    release: "chains",
    rulesFrom: "chart",
    config,
    processes: [processOf("chains", { ...env, WALLET_CONFIG: config })],
    fastProcesses: [fastProcessOf("chains", { ...env, WALLET_CONFIG: fastConfig(config) })],
    alerts: { WalletBalanceStale: { threshold: 60 } },
    async run({ isDelivered, isInhibited }) {
      await isDelivered("ticket", "chains BelowMinimum poor", "firing");
      await mortal.stop();
      await isDelivered("page", "chains NetworkUnreachable dies", "firing");
      for (const label of ["rich", "poor"]) {
        await isInhibited(`chains Stale ${label}`, "chains NetworkUnreachable dies");
      }
      mortal = await start();
      await isDelivered("page", "chains NetworkUnreachable dies", "resolved");
      await mortal.setBalance(poor.address, coins(20));
      await isDelivered("ticket", "chains BelowMinimum poor", "resolved");
    },
    delivered: [
      "ticket: chains BelowMinimum poor: firing resolved",
      "bridge: chains BelowMinimum poor: firing resolved",
      "page: chains NetworkUnreachable dies: firing resolved",
    ],
    inhibited: [
      "chains Stale rich by chains NetworkUnreachable dies",
      "chains Stale poor by chains NetworkUnreachable dies",
    ],
  };
}

/** One of two endpoints refuses its key. Its exporter is a fast one, since an endpoint is not trusted at once again. */
export async function endpointScenario({ node, stack, env }: Setup): Promise<Scenario> {
  const paired = wallet("paired", { thresholds: { minimum: 2 } });
  await node.setBalance(paired.address, coins(20));
  const server = stack.use(startFaultServer(node.url));
  const endpoints = [{ url: server.url, name: "first" }, { url: node.url, name: "second" }];
  const config = configOf({ pair: { endpoints, wallets: [paired] } });
  return {
    name: "an endpoint is lost",
    release: "endpoints",
    rulesFrom: "chart",
    config,
    processes: [fastProcessOf("endpoints", { ...env, WALLET_CONFIG: fastConfig(config) })],
    async run({ isDelivered }) {
      server.plan = replyFault({ status: 401, body: "" });
      await isDelivered("ticket", "endpoints ExporterEndpointDown pair first", "firing");
      server.plan = noFault();
      await isDelivered("ticket", "endpoints ExporterEndpointDown pair first", "resolved");
    },
    delivered: ["ticket: endpoints ExporterEndpointDown pair first: firing resolved"],
    inhibited: [],
  };
}

/** The exporter serves the same page for ever: its polls do not end. */
export async function stallScenario({ node, stack, env }: Setup): Promise<Scenario> {
  const waiting = wallet("waiting", { thresholds: { minimum: 2 } });
  await node.setBalance(waiting.address, coins(20));
  const config = configOf({ hangs: { endpoints: [node.url], wallets: [waiting] } });
  const exporter = processOf("stall", { ...env, WALLET_CONFIG: config });
  let page: string | undefined;
  let isStalled = false;
  const front = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async () => {
    if (!isStalled || page === undefined) {
      page = await (await fetch(`http://127.0.0.1:${exporter.port}/metrics`)).text();
    }
    return new Response(page);
  });
  stack.defer(() => front.shutdown());
  return {
    name: "the exporter stalls",
    release: "stall",
    rulesFrom: "chart",
    config,
    processes: [{ ...exporter, port: front.addr.port }],
    alerts: { WalletBalanceStale: { threshold: 60 } },
    async run({ isDelivered, isInhibited }) {
      isStalled = true;
      await isDelivered("page", "stall ExporterStalled", "firing");
      await isInhibited("stall Stale waiting", "stall ExporterStalled");
      isStalled = false;
      await isDelivered("page", "stall ExporterStalled", "resolved");
    },
    delivered: ["page: stall ExporterStalled: firing resolved"],
    inhibited: ["stall Stale waiting by stall ExporterStalled"],
  };
}
