import { freePort } from "../program/free_port.ts";
import { until } from "../program/until.ts";

/** An alert as Prometheus reports it. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: "pending" | "firing";
}

/** A real Prometheus. */
export interface Prometheus extends AsyncDisposable {
  /** All alerts, pending or firing. */
  readonly alerts: () => Promise<readonly Alert[]>;
  /** The number of series that a query returns. */
  readonly count: (query: string) => Promise<number>;
  /** The alerts of a name that fire now. */
  readonly firing: (name: string) => Promise<readonly Alert[]>;
  /** Waits until an alert fires or resolves. */
  readonly until: (name: string, state: "firing" | "silent") => Promise<readonly Alert[]>;
}

const program = Deno.env.get("PROMETHEUS") ?? "prometheus";

/** Whether Prometheus is installed. */
export async function hasPrometheus(): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Starts a Prometheus that scrapes and evaluates each second.
 *
 * @param ports of the exporters on this machine
 * @param rules the text of a rule file
 * @param alertmanagers host and port of those that its alerts are sent to
 */
export async function startPrometheus(
  ports: readonly number[],
  rules: string,
  alertmanagers: readonly string[] = [],
): Promise<Prometheus> {
  const folder = await Deno.makeTempDir();
  const port = freePort();
  await Deno.writeTextFile(`${folder}/rules.json`, rules);
  await Deno.writeTextFile(
    `${folder}/prometheus.json`,
    JSON.stringify({
      global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
      rule_files: [`${folder}/rules.json`],
      alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
      scrape_configs: [{
        job_name: "wallets",
        honor_labels: true,
        static_configs: [{ targets: ports.map((each) => `127.0.0.1:${each}`), labels: { pod: "one" } }],
      }],
    }),
  );
  const child = new Deno.Command(program, {
    args: [
      `--config.file=${folder}/prometheus.json`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=warn",
    ],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = new Response(child.stderr).text();
  const own: Prometheus = {
    async alerts() {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/alerts`);
      const { data }: { readonly data: { readonly alerts: readonly Alert[] } } = await response.json();
      return data.alerts;
    },
    async count(query) {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`);
      const { data }: { readonly data: { readonly result: readonly unknown[] } } = await response.json();
      return data.result.length;
    },
    async firing(name) {
      const alerts = await own.alerts();
      return alerts.filter(({ state, labels }) => state === "firing" && labels["alertname"] === name);
    },
    async until(name, state) {
      return await until(`${name} is ${state}`, async () => {
        const alerts = await own.firing(name);
        return (alerts.length > 0) === (state === "firing") ? alerts : undefined;
      });
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await said;
      await Deno.remove(folder, { recursive: true });
    },
  };
  return own;
}
