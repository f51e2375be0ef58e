import { parse } from "yaml";
import { render } from "../chart/helm.ts";
import { only, type RuleGroup } from "../chart/kube_object.ts";
import { runProgram } from "../program/exporter.ts";
import { read } from "../rules/rendered.ts";
import { NAMESPACE, SPEED } from "./world.ts";

const MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A Prometheus duration, divided by {@linkcode SPEED}. */
function quicken(duration: string): string {
  const parts = duration.matchAll(/(\d+)(ms|[smhd])/g);
  const ms = [...parts].reduce((sum, [, count, unit = ""]) => sum + Number(count) * (MS[unit] ?? NaN), 0);
  return `${Math.ceil(ms / SPEED)}ms`;
}

/** Durations of ranges, subqueries and offsets in a PromQL expression. */
const DURATIONS = /(?<=\[|:|\boffset )(?:\d+(?:ms|[smhd]))+/g;

/** An exporter with its rules. */
export interface Release {
  readonly release: string;
  /** Who renders its rules. */
  readonly rulesFrom: "chart" | "rules command";
  /** Its configuration, of version 2. */
  readonly config: string;
  readonly shards?: number;
  /** Overrides by alert name, in times of the test; the `rules` command takes only `for`. */
  readonly alerts?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The rules of some releases, in times of the test. */
export async function quickRules(releases: readonly Release[]): Promise<string> {
  return JSON.stringify({ groups: (await Promise.all(releases.map(quickGroups))).flat() });
}

async function quickGroups(release: Release): Promise<readonly unknown[]> {
  const groups = await (release.rulesFrom === "chart" ? fromChart(release) : fromCommand(release));
  return groups.map(({ name, rules }) => ({
    name: `${release.release}.${name}`,
    interval: "1s",
    rules: rules.map((rule) => ({
      ...rule,
      expr: rule.expr.replaceAll(DURATIONS, quicken),
      ...rule.alert === undefined ? {} : { for: inTest(rule.for, release.alerts?.[rule.alert]?.["for"]) },
      ...rule.keep_firing_for === undefined ? {} : { keep_firing_for: quicken(rule.keep_firing_for) },
    })),
  }));
}

function inTest(rendered = "0s", override: unknown): string {
  return typeof override === "string" ? override : quicken(rendered);
}

async function fromChart({ release, config, shards = 1, alerts = {} }: Release): Promise<readonly RuleGroup[]> {
  const objects = await render({
    release,
    values: {
      shards,
      prometheusRule: { enabled: true, alerts },
      config: { text: config },
      existingSecret: { name: "" },
    },
  });
  return only(objects, "PrometheusRule").spec.groups;
}

async function fromCommand({ release, config }: Release): Promise<readonly RuleGroup[]> {
  const env = { WALLET_CONFIG: config, RELEASE_NAME: release, POD_NAMESPACE: NAMESPACE };
  const { code, stdout, stderr } = await runProgram(["rules"], env);
  if (code !== 0) throw new Error(`"rules" failed: ${stderr}`);
  return parse(stdout).groups;
}

/** A route of Alertmanager. */
interface Route extends Readonly<Record<string, unknown>> {
  readonly routes?: readonly Route[];
}

/** Teams that have a webhook of their own. */
export const TEAMS = ["bridge", "sequencer"] as const;

/**
 * The shipped example of Alertmanager, in times of the test. Each receiver posts to a path of its name, and the alerts of
 * each team also go to the receiver of its name.
 *
 * @param webhook its URL
 */
export function quickAlertmanager(webhook: string): string {
  const { route, receivers, ...rest }: {
    readonly route: Route;
    readonly receivers: readonly { readonly name: string }[];
  } = parse(read("deploy/compose/alertmanager.yml"));
  const { routes = [], ...root } = quickRoute(route);
  const teams = TEAMS.map((team) => ({ matchers: [`team="${team}"`], receiver: team, continue: true }));
  return JSON.stringify({
    ...rest,
    // The root's receiver is only for alerts that no route matches.
    route: { ...root, routes: [...teams, ...routes, { receiver: route["receiver"] }] },
    receivers: [...receivers.map(({ name }) => name), ...TEAMS].map((name) => ({
      name,
      webhook_configs: [{ url: `${webhook}/${name}` }],
    })),
  });
}

function quickRoute(route: Route): Route {
  const { routes, ...own } = route;
  const quick = Object.entries(own).map(([key, value]) => [
    key,
    /_(?:wait|interval)$/.test(key) && typeof value === "string" ? quicken(value) : value,
  ]);
  return { ...Object.fromEntries(quick), ...routes === undefined ? {} : { routes: routes.map(quickRoute) } };
}
