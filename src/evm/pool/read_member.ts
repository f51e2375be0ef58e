import { recordError } from "../../jsonrpc/endpoint.ts";
import { type Reason, RpcError } from "../../jsonrpc/errors.ts";
import type { Limits } from "../strategies/ask.ts";
import { admitLatestOf, checkChain } from "./check_chain.ts";
import { checkGenesis } from "./check_genesis.ts";
import { answer, fail, failReading, recover } from "./health.ts";
import { isBefore, isOlder } from "../strategies/block_order.ts";
import { confirmZeros } from "./confirm_zeros.ts";
import { judgeHead } from "./judge_head.ts";
import { reconsider } from "../strategies/ladder.ts";
import { type Member, see } from "./member.ts";
import type { Network } from "./open_network.ts";
import { probe } from "./probe.ts";
import { readByLadder } from "../strategies/read_by_ladder.ts";
import type { Late } from "../strategies/outcome.ts";
import { readDistant, readHead } from "../strategies/read_head.ts";
import type { Tally } from "./tally.ts";
import type { Head, Target } from "../strategies/target.ts";

/** How a member is to be read. */
export interface Attempt {
  readonly tally: Tally;
  readonly limits: Limits;
  /** Whether balances of a lagging endpoint are taken, since there are no better ones. */
  readonly lenient: boolean;
}

/**
 * Reads what is still to do from one endpoint of a network: something cheap
 * first where it was broken, and nothing from another chain.
 *
 * @param network which
 * @param member the endpoint
 * @param attempt see {@linkcode Attempt}
 */
export async function readMember(network: Network, member: Member, attempt: Attempt): Promise<void> {
  const { tally, limits, lenient } = attempt;
  const { health } = member;
  const { clock } = limits;
  const isProbed = health.probing;
  const { proven, chainMethod } = member.ladder;
  const isChainNew = network.chainId === undefined && !proven && chainMethod === "unasked";
  let at: Target["at"];
  try {
    if (isProbed) {
      await probe(network, member, limits);
      answer(health);
    } else if (isChainNew) await learnChain(network, member, limits);
    await checkGenesis(network, member, limits);
    at = await blockFor(network, member, limits, lenient);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    fail(health, error, network);
    return tally.excuse(error.reason);
  }
  reconsider(member.ladder, clock.now());
  const target = targetOf(network, member, at, limits, lenient);
  const accounts = tally.addresses();
  const places = tally.todo;
  const read = await readByLadder(member, accounts, target, limits);
  const reading = await confirmZeros({
    network,
    member,
    reading: read,
    accounts,
    places,
    target,
    checkChain: (other, chainId) => checkChain(network, other, chainId),
    limits,
  });
  network.budget.earn(reading.pieces.filter(({ outcomes }) => outcomes.some((wei) => typeof wei === "bigint")).length);
  network.budget.spend(reading.inVain ?? 0);
  const asked = tally.todo.length;
  const coins = tally.coins();
  const answered = tally.add(reading, { late: lateOf(member) });
  // An endpoint that tells of tokens and not one coin does not do what it is there for.
  if (coins === 0 ? answered > 0 : tally.coins() < coins) return recover(health);
  // A probe that answers and tells nothing of the balances was one request too many.
  if (isProbed) network.budget.spend(1);
  if (asked === 0) return;
  const failure = reading.failure ?? reading.itemFailure ?? new RpcError(mostFrequent(tally), "no balance was read");
  failReading(health, failure, network);
  tally.blame(failure.reason);
}

/** Before the EVM is believed, whose CHAINID may be another one; where `eth_chainId` is refused, the EVM is. */
async function learnChain(network: Network, member: Member, limits: Limits): Promise<void> {
  try {
    await probe(network, member, limits);
  } catch (error) {
    if (!(error instanceof RpcError) || error.traits.methodRefused !== "explicit") throw error;
  }
}

/**
 * Tells whether what is read from an endpoint is only as fresh as its block.
 *
 * @param member which
 */
export function lateOf({ standing }: Member): Late | undefined {
  return standing === "fresh" ? undefined : standing;
}

/** Which block is read: one that is told by its distance to the latest has to be found first. */
async function blockFor(network: Network, member: Member, limits: Limits, lenient: boolean): Promise<Target["at"]> {
  const { plan: { block } } = network;
  if (typeof block === "string") return block;
  const { endpoint, ladder } = member;
  const latest = await readHead(endpoint, ladder.sizes.batch, "latest", limits);
  checkChain(network, member, latest.chainId);
  look(network, member, latest, limits);
  if (member.standing === "lagging" && !lenient) throw lagging(member, "behind the chain");
  return await readDistant(endpoint, latest.block, block, limits);
}

function look(network: Network, member: Member, head: Head, { clock }: Limits): void {
  see(member, head, clock);
  member.standing = judgeHead(network, member, clock);
}

function lagging(member: Member, why: string): RpcError {
  member.standing = "lagging";
  return recordError(member.endpoint, "lagging", why);
}

/** What balances are to be read of: this chain, and nothing older than what was published. */
function targetOf(
  network: Network,
  member: Member,
  at: Target["at"],
  limits: Limits,
  lenient: boolean,
): Target {
  const admit: Target["admit"] = (head) => {
    checkChain(network, member, head.chainId);
    if (typeof at === "string") look(network, member, head, limits);
    const { newest } = network;
    const isLate = newest !== undefined && isOlder(head.block, newest) &&
      !isBefore(head.block, newest);
    if (!isLate && (lenient || member.standing !== "lagging")) return;
    throw lagging(member, isLate ? "older than what was read before" : "behind the chain");
  };
  const target = { at, admit, checkChain: (chainId: number) => checkChain(network, member, chainId) };
  return at === "latest" ? { ...target, admitLatest: admitLatestOf(network, member, admit) } : target;
}

function mostFrequent({ outcomes, todo }: Tally): Reason {
  const counts = new Map<Reason, number>();
  for (const place of todo) {
    const outcome = outcomes[place];
    if (typeof outcome === "string") counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "missing";
}
