import { isDeepStrictEqual } from "node:util";
import type { EndpointStatus } from "../model/source.ts";
import type { Clock } from "../util/clock.ts";
import { type EndpointPlan, isSameEndpoint, type NetworkPlan } from "../plan/plan.ts";
import { createState, type NetworkState, UNKNOWN } from "./state.ts";

/** Makes the state of a network whose plan changed. Accounts keep their readings unless the chain is another one. */
export function carryOver(before: NetworkState, plan: NetworkPlan, clock: Clock): NetworkState {
  const fresh = createState(plan, clock);
  if (!isOneChain(before.plan, plan) || before.plan.decimals !== plan.decimals) return fresh;
  const known = new Map([...before.accounts].map(([{ key }, account]) => [key, account]));
  const { accounts } = fresh;
  for (const account of plan.accounts) accounts.set(account, known.get(account.key) ?? UNKNOWN);
  return {
    ...before,
    plan,
    accounts,
    asked: new Map([...before.asked].filter(([key]) => known.has(key))),
    history: before.history.withAccounts(plan.accounts),
    decimals: decimalsFor(before, plan),
    endpoints: before.endpoints.length === 0 ? [] : plan.endpoints.map((endpoint) => reportOf(before, endpoint)),
    lastTick: clock.now(),
    endsBy: clock.now(),
  };
}

/** The decimals of tokens whose configuration did not change. */
function decimalsFor(before: NetworkState, { tokens }: NetworkPlan): NetworkState["decimals"] {
  const stays = (id: string, decimals: number | undefined): boolean =>
    before.plan.tokens.some((token) => token.asset.id === id && token.decimals === decimals);
  return new Map(tokens.flatMap(({ asset: { id }, decimals }) => {
    const known = before.decimals.get(id);
    return known === undefined || !stays(id, decimals) ? [] : [[id, known] as const];
  }));
}

function reportOf(before: NetworkState, endpoint: EndpointPlan): EndpointStatus {
  const place = before.plan.endpoints.findIndex((other) => isSameEndpoint(other, endpoint));
  return before.endpoints[place] ?? { name: endpoint.name, state: undefined, strategy: undefined, size: 0 };
}

/** Whether readings under one plan are valid under the other. */
function isOneChain(before: NetworkPlan, plan: NetworkPlan): boolean {
  if (before.chainId !== plan.chainId || before.genesis !== plan.genesis || before.block !== plan.block) return false;
  return plan.chainId !== undefined ||
    plan.endpoints.some((endpoint) => before.endpoints.some((other) => isSameEndpoint(other, endpoint)));
}

/** Whether two plans of a network are the same, down to the labels. */
export function isSamePlan(one: NetworkPlan, other: NetworkPlan): boolean {
  const { endpoints, ...rest } = one;
  const { endpoints: others, ...otherRest } = other;
  return endpoints.length === others.length &&
    endpoints.every((endpoint, place) => isSameEndpoint(endpoint, others[place])) &&
    isDeepStrictEqual(rest, otherRest);
}
