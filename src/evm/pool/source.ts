import type { Account } from "../../assets/asset.ts";
import { recordError } from "../../jsonrpc/endpoint.ts";
import type {
  EndpointStatus,
  Limits,
  PastRequest,
  PastResult,
  PollResult,
  Source,
  SourceType,
} from "../../model/source.ts";
import { describeError } from "../../util/errors.ts";
import { log } from "../../util/log.ts";
import { accountsOn } from "../chains/chain_facts.ts";
import { minPollSeconds, statusOf } from "./endpoint_status.ts";
import { type Network, openNetwork } from "./open_network.ts";
import { pollOnce } from "./poll_once.ts";
import { readPast } from "./read_past.ts";
import { probeStandbys } from "./probe_standbys.ts";
import { isWorking } from "../strategies/program_state.ts";
import { programOf } from "../strategies/read_methods.ts";

/** Networks whose endpoints speak the JSON-RPC of the Ethereum execution API. */
export const EVM: SourceType = {
  reads: () => true,
  open(plan, options): Source {
    const { before } = options;
    const network = before instanceof EvmSource ? before.network : undefined;
    return new EvmSource(openNetwork(plan, { ...options, before: network }));
  },
};

/** A pool of endpoints as a source. */
export class EvmSource implements Source {
  readonly network: Network;
  #lastRead: string | undefined;

  constructor(network: Network) {
    this.network = network;
  }

  async poll(accounts: readonly Account[], limits: Limits): Promise<PollResult> {
    const result = await pollOnce(this.network, limits, accounts).catch((error) => this.#failed(accounts, error));
    this.#lastRead = result.endpoint;
    return result;
  }

  /** A bug must not stop polling: the last balances are kept, and the next poll tries again. */
  #failed(accounts: readonly Account[], error: unknown): PollResult {
    const { chainId, decimals, endpoints: [first] } = this.network;
    const detail = `unexpected error, please report it: ${describeError(error)}`;
    const failure = recordError(first?.endpoint, "internal", detail);
    return {
      outcomes: new Map(accountsOn(accounts, chainId).map((account) => [account, failure.reason])),
      decimals,
      mismatched: new Set(),
      endpoints: this.endpoints,
      disagreements: 0,
      failure,
    };
  }

  isFree(account: Account): boolean {
    const { plan: { quorum }, endpoints, previous } = this.network;
    const program = programOf(account);
    if (program === undefined || program.needsPrevious && !previous.has(account)) return false;
    const read = quorum > 1 ? endpoints : endpoints.filter(({ endpoint: { name } }) => name === this.#lastRead);
    return read.length > 0 && read.every((poolEndpoint) => isWorking(poolEndpoint, program));
  }

  /** A bug here must not lose balances. */
  async probeStandbys(limits: Limits): Promise<void> {
    try {
      await probeStandbys(this.network, this.#lastRead, limits);
    } catch (error) {
      log.error("Unexpected error, please report it", {
        network: this.network.plan.id,
        error: describeError(error),
      });
    }
  }

  async readPast(request: PastRequest): Promise<PastResult> {
    try {
      return await readPast(this.network, this.#lastRead, request);
    } catch (error) {
      const detail = `unexpected error, please report it: ${describeError(error)}`;
      return { failure: recordError(this.network.endpoints[0]?.endpoint, "internal", detail) };
    }
  }

  get endpoints(): readonly EndpointStatus[] {
    return this.network.endpoints.map(statusOf);
  }

  get minPollSeconds(): number {
    return minPollSeconds(this.network);
  }

  [Symbol.dispose](): void {
    this.network[Symbol.dispose]();
  }
}
