import { type Account, contractOf } from "../../assets/asset.ts";
import { startDeadline } from "../../http/deadline.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { askOne } from "./ask.ts";
import type { Limits } from "../../model/source.ts";
import { balanceAt, CHAIN_ID } from "./calls.ts";
import type { LearnedEndpoint } from "./question.ts";

/**
 * Requests the chain id of an endpoint, and records whether it supports that.
 *
 * @throws {RpcError} if it does not report it
 */
export async function readChainId({ endpoint, selector }: LearnedEndpoint, limits: Limits): Promise<number> {
  try {
    const chainId = await askOne(endpoint, CHAIN_ID, limits);
    selector.chainMethod = "answered";
    return chainId;
  } catch (error) {
    if (isMethodRefusal(error) && selector.chainMethod === "unasked") selector.chainMethod = "failed";
    throw error;
  }
}

/**
 * Makes sure that an endpoint refuses `eth_chainId` only, and not everything: if it failed before, and fails again
 * right after a balance was returned, it is waived.
 *
 * @returns the chain id; undefined if it is waived
 * @throws {RpcError} if no balance is returned either, or the chain id failed for the first time
 */
export async function confirmChainId(
  asked: LearnedEndpoint,
  account: Account,
  limits: Limits,
): Promise<number | undefined> {
  const { endpoint, selector } = asked;
  const { clock, deadline } = limits;
  await askOne(endpoint, balanceAt(contractOf(account) ?? account.holder, "latest"), limits);
  if (selector.chainMethod === "waived") return undefined;
  const hadFailed = selector.chainMethod === "failed";
  // Some gateways let unknown methods hang: read the balance first.
  using own = startDeadline(clock, deadline.remaining() / 2, deadline.signal);
  try {
    return await readChainId(asked, { ...limits, deadline: own });
  } catch (error) {
    if (!hadFailed || !isMethodRefusal(error)) throw error;
    selector.chainMethod = "waived";
    return undefined;
  }
}

function isMethodRefusal(error: unknown): error is RpcError {
  return error instanceof RpcError && error.traits.methodRefused !== undefined;
}
