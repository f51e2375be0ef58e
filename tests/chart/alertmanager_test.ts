import assert from "node:assert/strict";
import { chartTest, render } from "./helm.ts";
import { containerOf, envOf, only } from "./kube_object.ts";

const URLS = ["http://alertmanager-0.alertmanager:9093", "https://alertmanager.example/prefix"];

/** Environment variables of the exporter about Alertmanager, with their values. */
async function variables(values: Readonly<Record<string, unknown>>): Promise<unknown> {
  const env = envOf(only(await render({ values }), "Deployment"));
  return Object.entries(env).filter(([name]) => name.startsWith("ALERTMANAGER"));
}

chartTest("Alertmanagers are named in the environment, with credentials from a Secret", async () => {
  assert.deepEqual(await variables({}), []);
  assert.deepEqual(await variables({ alertmanager: { existingSecret: "am", labels: { cluster: "prod" } } }), []);
  const alertmanager = { urls: URLS, existingSecret: "am", labels: { region: "eu-1", cluster: "prod" } };
  assert.deepEqual(await variables({ alertmanager }), [
    ["ALERTMANAGER_URL", URLS.join()],
    ["ALERTMANAGER_HTTP_CONFIG", "/etc/wallet-balance-exporter/alertmanager/http-config.yml"],
    ["ALERTMANAGER_LABEL", "cluster=prod,region=eu-1"],
  ]);
  const deployment = only(await render({ values: { alertmanager } }), "Deployment");
  const { volumes } = deployment.spec.template.spec;
  assert.deepEqual(volumes.find(({ name }) => name === "alertmanager")?.secret, {
    secretName: "am",
    defaultMode: 0o440,
  });
  const { volumeMounts } = containerOf(deployment);
  assert.deepEqual(volumeMounts.find(({ name }) => name === "alertmanager"), {
    name: "alertmanager",
    mountPath: "/etc/wallet-balance-exporter/alertmanager",
    readOnly: true,
  });
});

chartTest("the NetworkPolicy allows the ports of Alertmanagers, to chosen Pods if these are given", async () => {
  const egressOf = async (egress: unknown): Promise<unknown> => {
    const values = {
      alertmanager: { urls: [...URLS, "http://a", "http://b:9093"] },
      networkPolicy: { enabled: true, egress },
    };
    return only(await render({ values }), "NetworkPolicy").spec.egress.at(-1);
  };
  const ports = [9093, 443, 80].map((port) => ({ port, protocol: "TCP" }));
  assert.deepEqual(await egressOf({}), { ports });
  const to = [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "alertmanager" } } }];
  assert.deepEqual(await egressOf({ alertmanager: to }), { ports, to });
});
