import { recordError } from "../../jsonrpc/endpoint.ts";
import { type Reason, RpcError } from "../../jsonrpc/errors.ts";
import { checkGenesis } from "./check_genesis.ts";
import { confirmQuorumZeros } from "./confirm_quorum_zeros.ts";
import { fail, failReading, isResting, recover } from "./health.ts";
import { judgeHead } from "./judge_head.ts";
import { type Member, see } from "./member.ts";
import type { Network } from "./open_network.ts";
import { checkChain } from "./check_chain.ts";
import { lateOf } from "./read_member.ts";
import { type Able, blockFor, blockOf } from "./quorum_block.ts";
import type { Limits } from "../strategies/ask.ts";
import { isOlder } from "../strategies/block_order.ts";
import type { Block } from "../strategies/calls.ts";
import { reconsider } from "../strategies/ladder.ts";
import { readByLadder } from "../strategies/read_by_ladder.ts";
import { readHead } from "../strategies/read_head.ts";
import type { Tally } from "./tally.ts";

/** Who gave which balance of an account; that a token's contract fails is told by all alike, too. */
type Votes = Map<bigint | "reverted", Set<Member>>;

/** What was said of an account: by those that gave a balance, and by the last that gave none. */
interface Count {
  readonly votes: Votes;
  reason: Reason;
}

/** What a quorum is read with. */
interface Ballot {
  readonly network: Network;
  readonly addresses: readonly string[];
  readonly counts: readonly Count[];
  /** Where all are read: no endpoint is asked for a block that it does not have. */
  readonly block: Block;
  /** Those that have another block under this number. */
  readonly forked: Set<Member>;
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
  const { plan: { quorum } } = network;
  const able = await headsOf(network, limits);
  const fit = fittest(network, able);
  const block = fit.length < quorum ? shortageOf(network, able) : await blockFor(network, fit, limits);
  if (typeof block === "string") {
    tally.blame(block);
    return 0;
  }
  const createBallot = (block: Block): Ballot => {
    const addresses = tally.addresses();
    const counts = addresses.map((): Count => ({ votes: new Map(), reason: "missing" }));
    return { network, addresses, counts, block, forked: new Set(), limits };
  };
  let ballot = createBallot(block);
  await vote(ballot, fit.map(({ member }) => member));
  const other = ballot.forked.size < quorum ? undefined : await blockOf(ballot.forked, block, limits);
  if (other !== undefined) {
    const { forked } = ballot;
    ballot = createBallot(other);
    await vote(ballot, [...forked]);
    // Whose block was read first is now the odd one out.
    for (const { member } of fit) if (!forked.has(member)) failFork(network, member, block);
  }
  const agreed = ballot.counts.map(({ votes, reason }) =>
    elected(votes, quorum) ?? (votes.size > 1 ? "integrity" as const : reason)
  );
  const voters = new Set(ballot.counts.flatMap(({ votes }) => [...votes.get(0n) ?? []]));
  const outcomes = await confirmQuorumZeros({ network, places: tally.todo, outcomes: agreed, voters, limits });
  const lates = fit.map(({ member }) => lateOf(member));
  const late = lates.includes("lagging") ? "lagging" : lates.find(Boolean);
  tally.add({ pieces: [{ start: 0, head: undefined, outcomes }], failure: undefined }, { block: ballot.block, late });
  return ballot.counts.filter(({ votes }) => votes.size > 1).length;
}

/** Asks as many members as must agree, then the others one by one, then once more who may have got over its fault. */
async function vote(ballot: Ballot, members: readonly Member[]): Promise<void> {
  const { network: { plan: { quorum }, budget }, counts } = ballot;
  const isDecided = (): boolean => counts.every(({ votes }) => elected(votes, quorum) !== undefined);
  await Promise.all(members.slice(0, quorum).map((member) => ask(ballot, member)));
  for (const member of members.slice(quorum)) {
    if (!isDecided()) await ask(ballot, member);
  }
  for (const member of members) {
    const { failure } = member.health;
    const mayPass = failure?.traits.retryable;
    if (mayPass && !isDecided() && budget.take(1)) await ask(ballot, member);
  }
}

function failFork(network: Network, member: Member, { number }: Block): void {
  const detail = `another block under the same number, ${number}, than other endpoints have`;
  failReading(member.health, recordError(member.endpoint, "integrity", detail), network);
}

/** Those on the right chain that tell their newest block. */
async function headsOf(network: Network, limits: Limits): Promise<readonly Able[]> {
  const { plan, members } = network;
  const { clock } = limits;
  const asked = members.filter(({ health }) => !isResting(health, clock.now()));
  const reported = await Promise.all(asked.map(async (member) => {
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
      return { member, block: head.block };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      fail(member.health, error, network);
      return undefined;
    }
  }));
  const able = reported.filter((each) => each !== undefined);
  for (const { member } of able) member.standing = judgeHead(network, member, clock);
  return able;
}

/** Those to read from: without those that lag, where enough are left, and none that has less than was published. */
function fittest({ plan: { quorum }, newest }: Network, able: readonly Able[]): readonly Able[] {
  const prompt = able.filter(({ member }) => member.standing !== "lagging");
  const enough = prompt.length >= quorum ? prompt : able;
  return enough.filter(({ member, block }) => {
    const isFit = newest === undefined || !isOlder(block, newest);
    if (!isFit) member.standing = "lagging";
    return isFit;
  });
}

async function ask({ network, addresses, counts, block, forked, limits }: Ballot, member: Member): Promise<void> {
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
      const count = counts[start + index];
      if (count === undefined) continue;
      if (typeof wei === "bigint" || wei === "reverted") {
        read++;
        count.votes.set(wei, (count.votes.get(wei) ?? new Set()).add(member));
      } else count.reason = wei;
    }
  }
  network.budget.earn(read > 0 ? pieces.length : 0);
  if (failure?.reason === "integrity" && read === 0) forked.add(member);
  if (failure === undefined) recover(member.health);
  else failReading(member.health, failure, network);
}

/** The one balance that enough gave; two that enough gave are none. */
function elected(votes: Votes, quorum: number): bigint | "reverted" | undefined {
  const [first, second] = [...votes].filter(([, members]) => members.size >= quorum);
  return second === undefined ? first?.[0] : undefined;
}

/** Why too few endpoints are left to read from. */
function shortageOf({ plan, members }: Network, able: readonly Able[]): Reason {
  if (able.length >= plan.quorum) return "lagging";
  return members.map(({ health }) => health.failure?.reason).find(Boolean) ?? "missing";
}
