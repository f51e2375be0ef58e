import { chainFacts } from "../evm/chains/chain_facts.ts";
import { type Activity, perDay } from "../metrics/families/last_hour.ts";
import type { NetworkPlan } from "../plan/plan.ts";
import { providerOf, unitsOf } from "../plan/providers.ts";
import type { NetworkState } from "../poller/state.ts";
import { exactAmount } from "../status/format.ts";
import type { Status } from "../status/status.ts";
import { formatCount } from "../util/text.ts";
import { type Html, html } from "./html.ts";
import type { Links } from "./links.ts";
import { ago } from "./parts.ts";
import type { Query } from "./query.ts";

/** More are counted. */
export const MAX_NETWORKS = 100;

/** The networks with their endpoints. */
export function networkTable(status: Status, query: Query, links: Links): Html | undefined {
  const { networks } = status;
  if (networks.length === 0) return undefined;
  const more = networks.length - MAX_NETWORKS;
  return html`
    <section>
      <h2 id="networks">Networks</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="networks">
        <table class="networks">
          <thead>
            <tr>
              <th scope="col">Network</th>
              <th scope="col">Chain</th>
              <th scope="col" class="n">Wallets</th>
              <th scope="col">Endpoints</th>
              <th scope="col" class="n">Block</th>
              <th scope="col">Last poll</th>
            </tr>
          </thead>
          <tbody>${networks.slice(0, MAX_NETWORKS).map((network) =>
            networkRow(network, links.wallets(query, { network: network.plan.id, page: 1 }), status)
          )}</tbody>
        </table>
      </div>
      ${more > 0 && html`<p>and ${formatCount(more, "more", "more")}</p>`}
    </section>
  `;
}

function networkRow({ plan, ...state }: NetworkState, link: string, { at: now, activityOf }: Status): Html {
  const { chainId = plan.chainId, block, endpoints, lastFinished, seconds = 0 } = state;
  const chain = chainId === undefined ? "unknown" : `${chainFacts(chainId)?.name ?? "unknown"} (${chainId})`;
  return html`
    <tr>
      <th scope="row"><a href="${link}">${plan.id}</a></th>
      <td>${chain}</td>
      <td class="n">${plan.wallets.length}</td>
      <td>
        <ul class="plain">${endpoints.map((endpoint) =>
          endpointItem(endpoint, activityOf(plan.id, endpoint.name), hostOf(plan, endpoint.name))
        )}</ul>
      </td>
      <td class="n">${block === undefined ? "unknown" : [exactAmount(block.number, 0), ", ", ago(block.time, now)]}</td>
      <td>${lastFinished === undefined ? "not yet" : [ago(lastFinished, now), `, took ${took(seconds)}`]}</td>
    </tr>
  `;
}

/** The name of its URL, which has no secret; an endpoint may have a name of its own. */
function hostOf({ endpoints }: NetworkPlan, endpoint: string): string {
  return endpoints.find(({ name }) => name === endpoint)?.url.name ?? "";
}

function endpointItem(
  { name, state = "ok", strategy, failure }: NetworkState["endpoints"][number],
  activity: Activity | undefined,
  host: string,
): Html {
  const how = failure === undefined ? strategy !== undefined && `, by ${strategy}` : `, ${failure.reason}`;
  const isUsed = strategy !== undefined || failure !== undefined;
  const text = isUsed ? html`<span class="${state !== "ok" && "bad"}">${state}${how}</span>` : "not used";
  return html`<li>${name}: ${text}${activity && activityText(activity, host)}</li>`;
}

function activityText(activity: Activity, host: string): Html | undefined {
  const failed = [...activity.errors].map(([reason, count]) => `${count} × ${reason}`).join(", ");
  const parts = [rateText(activity, host), failed === "" ? "" : `failed in the last hour: ${failed}`];
  const text = parts.filter((part) => part !== "").join(", ");
  return text === "" ? undefined : html`<div class="soft">${text}</div>`;
}

/** Requests a day and, of a known provider, what it bills for them. */
function rateText(activity: Activity, host: string): string {
  const factor = perDay(activity);
  if (factor === undefined) return "";
  const count = (number: number): string => exactAmount(BigInt(Math.round(factor * number)), 0);
  const requests = `${count(activity.requests)} requests a day`;
  const provider = providerOf(host);
  if (provider === undefined) return requests;
  const { name, unit, freePerDay } = provider;
  const units = unitsOf(provider, activity);
  const share = freePerDay === undefined ? "" : ` (${percent(factor * units / freePerDay)} of its free plan)`;
  return `${requests}, ${count(units)} ${unit} of ${name}${share}`;
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? "less than 1 %" : `${Math.round(100 * share)} %`;
}

function took(seconds: number): string {
  return seconds < 1 ? `${Math.round(1000 * seconds)} ms` : `${seconds.toFixed(1)} s`;
}
