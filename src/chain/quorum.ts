import { RpcError } from "../rpc/rpc_error.ts";
import { checkGenesis } from "./check_genesis.ts";
import { fail, failReading, isResting, recover } from "./health.ts";
import { judgeHead } from "./judge_head.ts";
import { type Member, see } from "./member.ts";
import type { Network } from "./open_network.ts";
import { checkChain } from "./check_chain.ts";
import { lateOf } from "./read_member.ts";
import { PASSING } from "./read_from_any.ts";
import type { Limits } from "./strategy/ask.ts";
import { isOlder } from "./strategy/block_order.ts";
import type { Block } from "./strategy/calls.ts";
import { reconsider } from "./strategy/ladder.ts";
import { readByLadder } from "./strategy/read_by_ladder.ts";
import { readDistant, readHead } from "./strategy/read_head.ts";
import type { Tally } from "./tally.ts";

/** Who gave which balance of an account; that a token's contract fails is told by all alike, too. */
type Votes = Map<bigint | "reverted", Set<Member>>;

/** What a quorum is read with. */
interface Ballot {
  readonly network: Network;
  readonly addresses: readonly string[];
  readonly votes: readonly Votes[];
  /** Where all are read: no endpoint is asked for a block that it does not have. */
  readonly block: Block;
  readonly limits: Limits;
}

/**
 * Reads balances from as many endpoints as must agree, all at one block that
 * each of them has. A balance counts when so many gave the same; where they do
 * not, the remaining endpoints are asked as well, then once more who may have got
 * over its fault, and else it is withheld.
 *
 * @param network which
 * @param tally where balances go
 * @param limits how long it may take
 * @returns how many accounts got different balances
 */
export async function readByQuorum(network: Network, tally: Tally, limits: Limits): Promise<number> {
  const { plan: { quorum }, budget } = network;
  const able = await headsOf(network, limits);
  const fit = fittest(network, able);
  const oldest = oldestOf(fit);
  const block = oldest === undefined ? undefined : await blockFor(network, fit, oldest, limits);
  if (block === undefined || fit.length < quorum) {
    tally.blame(able.length < quorum ? reasonOf(network) : "lagging");
    return 0;
  }
  const addresses = tally.addresses();
  const ballot = { network, addresses, votes: addresses.map((): Votes => new Map()), block, limits };
  const isDecided = (): boolean => ballot.votes.every((each) => elected(each, quorum) !== undefined);
  await Promise.all(fit.slice(0, quorum).map((member) => ask(ballot, member)));
  for (const member of fit.slice(quorum)) {
    if (!isDecided()) await ask(ballot, member);
  }
  for (const member of fit) {
    const { failure, spoiltIn } = member.health;
    const mayPass = failure !== undefined && spoiltIn === network.startedAt && PASSING.has(failure.reason);
    if (mayPass && !isDecided() && budget.take(1)) await ask(ballot, member);
  }
  const outcomes = ballot.votes.map((each) =>
    elected(each, quorum) ?? (each.size > 1 ? "integrity" as const : reasonOf(network))
  );
  const lates = fit.map(lateOf);
  const late = lates.includes("lagging") ? "lagging" : lates.find(Boolean);
  tally.add({ pieces: [{ start: 0, head: undefined, outcomes }], failure: undefined }, { block, late });
  return ballot.votes.filter(({ size }) => size > 1).length;
}

/** Those on the right chain that tell their newest block. */
async function headsOf(network: Network, limits: Limits): Promise<readonly Member[]> {
  const { plan, members } = network;
  const { clock } = limits;
  const asked = members.filter(({ health }) => !isResting(health, clock.now()));
  const told = await Promise.all(asked.map(async (member) => {
    try {
      reconsider(member.ladder, clock.now());
      const head = await readHead(
        member.endpoint,
        member.ladder.sizes.batch,
        typeof plan.block === "string" ? plan.block : "latest",
        limits,
      );
      checkChain(network, member, head.chainId);
      await checkGenesis(network, member, limits);
      see(member, head, clock);
      recover(member.health);
      return true;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      fail(member.health, error, network);
      return false;
    }
  }));
  const able = asked.filter((_, index) => told[index]);
  for (const member of able) member.standing = judgeHead(network, member, clock);
  return able;
}

/** Those to read from: without those that lag, where enough are left, and none that has less than was published. */
function fittest({ plan: { quorum }, newest }: Network, able: readonly Member[]): readonly Member[] {
  const prompt = able.filter(({ standing }) => standing !== "lagging");
  const enough = prompt.length >= quorum ? prompt : able;
  const fit = enough.filter(({ seen }) =>
    seen !== undefined && (newest === undefined || !isOlder(seen.head.block, newest))
  );
  for (const member of enough) if (!fit.includes(member)) member.standing = "lagging";
  return fit;
}

function oldestOf(members: readonly Member[]): Block | undefined {
  const blocks = members.flatMap(({ seen }) => seen?.head.block ?? []);
  return blocks.sort((a, b) => isOlder(a, b) ? -1 : 1)[0];
}

/** Where a block by its distance is read, that of the oldest of the latest ones, as the first endpoint tells it. */
async function blockFor(
  { plan }: Network,
  fit: readonly Member[],
  oldest: Block,
  limits: Limits,
): Promise<Block | undefined> {
  if (typeof plan.block === "string") return oldest;
  for (const { endpoint } of fit) {
    try {
      return await readDistant(endpoint, oldest, plan.block, limits);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
    }
  }
  return undefined;
}

async function ask({ network, addresses, votes, block, limits }: Ballot, member: Member): Promise<void> {
  const { pieces, failure } = await readByLadder(member, addresses, {
    at: block,
    checkChain: (chainId) => checkChain(network, member, chainId),
    admit(head): void {
      checkChain(network, member, head.chainId);
    },
  }, limits);
  let read = 0;
  for (const { start, outcomes } of pieces) {
    for (const [index, wei] of outcomes.entries()) {
      if (typeof wei !== "bigint" && wei !== "reverted") continue;
      read++;
      const of = votes[start + index];
      of?.set(wei, (of.get(wei) ?? new Set()).add(member));
    }
  }
  network.budget.earn(read > 0 ? pieces.length : 0);
  if (failure !== undefined) failReading(member.health, failure, network);
  else if (read > 0) recover(member.health);
}

/** The one balance that enough gave; two that enough gave are none. */
function elected(votes: Votes, quorum: number): bigint | "reverted" | undefined {
  const [first, second] = [...votes].filter(([, members]) => members.size >= quorum);
  return second === undefined ? first?.[0] : undefined;
}

function reasonOf({ members }: Network): RpcError["reason"] {
  return members.map(({ health }) => health.failure?.reason).find(Boolean) ?? "missing";
}
