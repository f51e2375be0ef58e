import { RpcError } from "../rpc/rpc_error.ts";
import type { Limits } from "./strategy/ask.ts";
import type { Block } from "./strategy/calls.ts";
import { fail, isResting, recover } from "./health.ts";
import { isOlder } from "./strategy/block_order.ts";
import { type Member, see } from "./member.ts";
import type { Network } from "./open_network.ts";
import { readByLadder } from "./strategy/read_by_ladder.ts";
import type { Reading } from "./strategy/read_chunks.ts";
import { readHead } from "./strategy/read_head.ts";
import { checkChain } from "./read_member.ts";
import type { Tally } from "./tally.ts";

/** The accounts of one balance, by what endpoints said of it. */
type Votes = Map<bigint, number>;

/**
 * Reads balances from as many endpoints as must agree, all at one block that
 * each of them has. A balance counts when so many gave the same; where they do
 * not, the remaining endpoints are asked as well, and else it is withheld.
 *
 * @param network which
 * @param tally where balances go
 * @param limits how long it may take
 * @returns how many accounts got different balances
 */
export async function readByQuorum(network: Network, tally: Tally, limits: Limits): Promise<number> {
  const { quorum } = network.plan;
  const heads = await headsOf(network, limits);
  const block = [...heads.values()].sort((a, b) => isOlder(a, b) ? 1 : -1)[quorum - 1];
  if (block === undefined) {
    const reason = network.members.map(({ health }) => health.failure?.reason).find(Boolean) ?? "missing";
    tally.blame(reason);
    return 0;
  }
  if (network.newest !== undefined && isOlder(block, network.newest)) {
    tally.blame("lagging");
    return 0;
  }
  const able = [...heads].filter(([, head]) => !isOlder(head, block)).map(([member]) => member);
  const addresses = tally.addresses();
  const votes: readonly Votes[] = addresses.map(() => new Map());
  const first = await Promise.all(
    able.slice(0, quorum).map((member) => read(network, member, addresses, block, limits)),
  );
  first.forEach((reading) => count(votes, reading));
  for (const member of able.slice(quorum)) {
    if (votes.every((each) => agreed(each, quorum) !== undefined)) break;
    count(votes, await read(network, member, addresses, block, limits));
  }
  tally.blame("missing");
  const outcomes = votes.map((each) =>
    agreed(each, quorum) ?? (each.size > 1 ? "integrity" as const : reasonOf(network))
  );
  tally.add({ pieces: [{ start: 0, head: undefined, outcomes }], failure: undefined }, block);
  return votes.filter(({ size }) => size > 1).length;
}

/** The newest block of each endpoint on the right chain. */
async function headsOf(network: Network, limits: Limits): Promise<ReadonlyMap<Member, Block>> {
  const { plan, members } = network;
  const { clock } = limits;
  const heads = new Map<Member, Block>();
  await Promise.all(members.map(async (member) => {
    if (isResting(member.health, clock.now())) return;
    try {
      const head = await readHead(member.endpoint, member.ladder.sizes.batch, plan.block, limits);
      checkChain(network, member, head.chainId);
      see(member, head, clock);
      heads.set(member, head.block);
      recover(member.health);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      fail(member.health, error, network);
    }
  }));
  // In the order of the plan, whoever was quickest.
  return new Map(members.flatMap((member) => {
    const block = heads.get(member);
    return block === undefined ? [] : [[member, block] as const];
  }));
}

async function read(
  network: Network,
  member: Member,
  addresses: readonly string[],
  block: Block,
  limits: Limits,
): Promise<Reading> {
  const reading = await readByLadder(member, addresses, {
    at: block,
    admit(head): void {
      checkChain(network, member, head.chainId);
      if (head.block.time !== block.time) throw new RpcError("integrity", "another block under the same number");
    },
  }, limits);
  if (reading.failure !== undefined) fail(member.health, reading.failure, network);
  return reading;
}

function count(votes: readonly Votes[], { pieces }: Reading): void {
  for (const { start, outcomes } of pieces) {
    for (const [index, wei] of outcomes.entries()) {
      const of = votes[start + index];
      if (typeof wei === "bigint") of?.set(wei, (of.get(wei) ?? 0) + 1);
    }
  }
}

function agreed(votes: Votes, quorum: number): bigint | undefined {
  return [...votes].find(([, count]) => count >= quorum)?.[0];
}

function reasonOf({ members }: Network): RpcError["reason"] {
  return members.map(({ health }) => health.failure?.reason).find(Boolean) ?? "missing";
}
