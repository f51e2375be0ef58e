import assert from "node:assert/strict";
import { readConfig } from "../../src/config/read_config.ts";
import { chartTest, HELMS, helmTemplate, objectsOf, render } from "./helm.ts";
import { only } from "./kube_object.ts";

const URL_WITH_KEY = "https://eth-mainnet.example.org/v2/PLANTED-KEY";
const SURROUNDINGS = { env: () => undefined, file: undefined, onFile: () => Promise.resolve(), lists: undefined };

/** Reads the rendered configuration with the exporter's own code. */
async function readBack(text: string): Promise<readonly string[]> {
  const { networks, problems } = await readConfig(text, "values", SURROUNDINGS);
  // An example host is a warning.
  assert.deepEqual(problems.filter(({ severity }) => severity !== "notice"), []);
  return networks.flatMap(({ wallets }) => wallets.map(({ label }) => label));
}

for (const name of ["inline", "inline-v2", "inline-text"]) {
  chartTest(`${name} renders a Secret and no ConfigMap, and its API key nowhere else`, async () => {
    for (const helm of Object.values(HELMS)) {
      const { stdout } = await helmTemplate({ helm, files: [`ci/${name}-values.yaml`] });
      const objects = objectsOf(stdout);
      const secret = only(objects, "Secret");
      assert.ok(!objects.some(({ kind }) => kind === "ConfigMap"));
      assert.equal(stdout.includes("PLANTED-KEY"), false, "the API key is in plain text");
      const text = new TextDecoder().decode(Uint8Array.fromBase64(secret.data.config));
      assert.ok(text.includes(URL_WITH_KEY));
      assert.deepEqual(await readBack(text), ["batcher"]);
    }
  });
}

chartTest("config.text keeps every character, including the digits of numbers", async () => {
  const text =
    `{"${URL_WITH_KEY}":[{"address":"0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045","label":"w","min_balance_eth":1.0}]}`;
  const secret = only(await render({ values: { existingSecret: { name: "" }, config: { text } } }), "Secret");
  assert.equal(new TextDecoder().decode(Uint8Array.fromBase64(secret.data.config)), text);
});

chartTest("a changed configuration restarts Pods only with env delivery of an inline configuration", async () => {
  const checksum = async (files: readonly string[], values: unknown): Promise<string | undefined> => {
    const object = only(await render({ files, values }), "Deployment");
    return object.spec.template.metadata.annotations["checksum/config"];
  };
  const network = { name: "other", url: URL_WITH_KEY, wallets: [] };
  const before = await checksum(["ci/inline-v2-values.yaml"], {});
  assert.match(before ?? "", /^[0-9a-f]{64}$/);
  assert.notEqual(before, await checksum(["ci/inline-v2-values.yaml"], { config: { networks: [network] } }));
  assert.equal(await checksum(["ci/inline-values.yaml"], {}), undefined);
  assert.equal(await checksum(["ci/env-mode-values.yaml"], {}), undefined);
});

chartTest("config.file is read, and no Secret is created or mounted", async () => {
  const extraVolumes = [{ name: "vault", emptyDir: { medium: "Memory" } }];
  const values = { existingSecret: { name: "" }, config: { file: "/vault/wallets" }, extraVolumes };
  const objects = await render({ values });
  assert.ok(!objects.some(({ kind }) => kind === "Secret"));
  const { containers: [container], volumes } = only(objects, "Deployment").spec.template.spec;
  assert.deepEqual([volumes, container.volumeMounts], [extraVolumes, undefined]);
  assert.deepEqual(container.env[0], { name: "WALLET_CONFIG_FILE", value: "/vault/wallets" });
});

chartTest("an ExternalSecret writes the key that is mounted", async () => {
  const objects = await render({ files: ["ci/external-secret-values.yaml"] });
  const { target, data, secretStoreRef } = only(objects, "ExternalSecret").spec;
  const [{ secret }] = only(objects, "Deployment").spec.template.spec.volumes;
  assert.equal(target.name, secret.secretName);
  assert.deepEqual(data.map(({ secretKey }: { readonly secretKey: string }) => secretKey), [secret.items[0].key]);
  assert.deepEqual(secretStoreRef, { name: "vault", kind: "ClusterSecretStore" });
});

chartTest("externalSecret.extraSpec is merged without duplicate keys", async () => {
  const extraSpec = { target: { deletionPolicy: "Retain" }, dataFrom: [{ extract: { key: "x" } }] };
  const objects = await render({
    files: ["ci/external-secret-values.yaml"],
    values: { externalSecret: { extraSpec } },
  });
  const { target, data, dataFrom } = only(objects, "ExternalSecret").spec;
  assert.deepEqual(target, { name: "op-secrets", creationPolicy: "Owner", deletionPolicy: "Retain" });
  assert.deepEqual([data.length, dataFrom], [1, extraSpec.dataFrom]);
});

chartTest("Reloader annotation names the Secret in use", async () => {
  for (
    const [values, name] of [
      [{}, "op-secrets"],
      [{ existingSecret: { name: "" }, config: { text: "{}" } }, "rel-wallet-balance-exporter-config"],
    ] as const
  ) {
    const { metadata } = only(await render({ values: { ...values, reloader: { enabled: true } } }), "Deployment");
    assert.equal(metadata.annotations?.["secret.reloader.stakater.com/reload"], name);
  }
});
