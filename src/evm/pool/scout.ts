import { RpcError } from "../../jsonrpc/errors.ts";
import type { Limits } from "../strategies/ask.ts";
import { checkGenesis } from "./check_genesis.ts";
import { convalesce, fail, isResting } from "./health.ts";
import { judgeHead } from "./judge_head.ts";
import { type Member, see } from "./member.ts";
import type { Network } from "./open_network.ts";
import { SCOUTING } from "./scouting.ts";
import { skippedCoins } from "../strategies/coinless.ts";
import { readByLadder } from "../strategies/read_by_ladder.ts";
import { probe } from "./probe.ts";
import { admitLatestOf, checkChain } from "./check_chain.ts";
import type { Target } from "../strategies/target.ts";

/**
 * Looks where those endpoints of a pool stand that were not read from, so that
 * the next cycle knows whom to prefer: one balance of each, seldom, read the way
 * that all would be.
 *
 * @param network which
 * @param used the name of the endpoint that was read from
 * @param limits how long it may take
 */
export async function scout(network: Network, used: string | undefined, limits: Limits): Promise<void> {
  const { members, plan } = network;
  const { clock } = limits;
  if (members.length < 2 || sampleOf(network).length === 0 || plan.quorum > 1 || network.chainId === undefined) return;
  const pause = Math.max(SCOUTING, network.interval) - network.interval / 20;
  const due = members.filter(({ endpoint, health, scoutedAt }) =>
    endpoint.name !== used && !isResting(health, clock.now()) && network.startedAt - scoutedAt >= pause
  );
  await Promise.all(due.map((member) => look(network, member, limits)));
  for (const member of members) {
    if (member.seen !== undefined && member.health.failure === undefined) {
      member.standing = judgeHead(network, member, clock);
    }
  }
}

/** One account that the chain has: a coin's, or else a token's. */
function sampleOf({ plan, chainId }: Network): readonly string[] {
  const first = skippedCoins(plan.accounts, chainId);
  return plan.accounts.slice(first, first + 1);
}

async function look(network: Network, member: Member, limits: Limits): Promise<void> {
  const { plan } = network;
  const { health } = member;
  member.scoutedAt = network.startedAt;
  const admit: Target["admit"] = (head) => {
    checkChain(network, member, head.chainId);
    see(member, head, limits.clock);
  };
  const target: Target = {
    at: typeof plan.block === "string" ? plan.block : "latest",
    admit,
    checkChain: (chainId) => checkChain(network, member, chainId),
    ...(plan.block === "latest" ? { admitLatest: admitLatestOf(network, member, admit) } : {}),
  };
  try {
    if (health.probing) await probe(network, member, limits);
    await checkGenesis(network, member, limits);
    const { failure, itemFailure, pieces } = await readByLadder(member, sampleOf(network), target, limits);
    const [outcome = "missing"] = pieces.flatMap(({ outcomes }) => outcomes);
    // That a token's contract fails is an answer.
    if (typeof outcome !== "bigint" && outcome !== "reverted") {
      throw failure ?? itemFailure ?? new RpcError(outcome, "no balance was read");
    }
    convalesce(health, network);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    fail(health, error, network);
  }
}
