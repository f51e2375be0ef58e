import assert from "node:assert/strict";
import { parse } from "yaml";
import { CHART, chartTest, helmTemplate } from "./helm.ts";

/** Part of a JSON schema. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  /** Accepted but not documented: old names, and values without effect. */
  readonly deprecated?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

const schema: Schema = JSON.parse(await Deno.readTextFile(`${CHART}/values.schema.json`));
const values: unknown = parse(await Deno.readTextFile(`${CHART}/values.yaml`));

function resolve(part: Schema): Schema {
  const [first = part] = part.anyOf ?? [];
  const name = first.$ref?.split("/").at(-1);
  return name === undefined ? first : schema.definitions?.[name] ?? {};
}

/** The paths of all values of the schema that are not deprecated. */
function schemaPaths(part: Schema, path = ""): readonly string[] {
  const { properties, deprecated = false } = resolve(part);
  if (deprecated) return [];
  if (properties === undefined) return [path];
  return Object.entries(properties).flatMap(([key, inner]) => schemaPaths(inner, path === "" ? key : `${path}.${key}`));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function schemaAt(path: string): Schema {
  return path.split(".").reduce<Schema>((part, key) => resolve(part).properties?.[key] ?? {}, schema);
}

function valueAt(path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => isObject(value) ? value[key] : undefined, values);
}

Deno.test("values.yaml and the schema have the same values", () => {
  for (const path of schemaPaths(schema)) assert.notEqual(valueAt(path), undefined, `${path} is not in values.yaml`);
  const walk = (value: unknown, path: string): void => {
    const { properties, additionalProperties } = resolve(schemaAt(path));
    if (!isObject(value) || properties === undefined) return;
    assert.ok(additionalProperties === false || path === "global", `${path} is not closed`);
    for (const [key, inner] of Object.entries(value)) {
      assert.ok(key in properties, `${path}.${key} is not in the schema`);
      walk(inner, path === "" ? key : `${path}.${key}`);
    }
  };
  assert.equal(schema.additionalProperties, false);
  walk(values, "");
});

/** Everything enabled, so that each value has an effect. */
const ALL_ON: Readonly<Record<string, unknown>> = {
  "externalSecret.enabled": true,
  "externalSecret.secretStoreRef.name": "a",
  "externalSecret.remoteRef.key": "b",
  "datadog.monitors.enabled": true,
  "podDisruptionBudget.enabled": true,
  "verticalPodAutoscaler.enabled": true,
  "networkPolicy.enabled": true,
  "serviceMonitor.enabled": true,
  "prometheusRule.enabled": true,
  "dashboard.enabled": true,
  "dashboard.grafanaDashboard.enabled": true,
  "caBundle.configMap": "ca",
  "webConfig.existingSecret": "web",
  "alertmanager.urls": ["http://alertmanager:9093"],
  "alertmanager.existingSecret": "alertmanager",
  "walletLists.enabled": true,
  "reloader.enabled": true,
};

/** Other values that a value needs to have an effect. */
const TOGETHER_WITH: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "prometheusRule.idleLabel": { "prometheusRule.alerts": { WalletBalanceIdle: { enabled: true } } },
  "caBundle.secret": { "caBundle.configMap": "" },
  "config.networks": {
    "existingSecret.name": "",
    "externalSecret.enabled": false,
    "config.networks": { "http://z": [] },
  },
  "config.text": { "existingSecret.name": "", "externalSecret.enabled": false, "config.text": "[]" },
  "config.file": { "existingSecret.name": "", "externalSecret.enabled": false, "config.file": "/z" },
  "dashboard.enabled": { "dashboard.grafanaDashboard.enabled": false },
  "service.enabled": { "serviceMonitor.enabled": false },
  "serviceAccount.create": { "walletLists.enabled": false },
  ...Object.fromEntries(
    schemaPaths(schema).filter((path) => path.startsWith("podMonitor."))
      .map((path) => [path, { "serviceMonitor.enabled": false, "podMonitor.enabled": true }]),
  ),
};

/** Values that differ from the default, unless it is a plain string, number or boolean. */
const OTHERS: Readonly<Record<string, unknown>> = {
  "config.checkInterval.seconds": 77,
  "config.networks": { "http://a": [] },
  "config.text": "{}",
  "config.file": "/a",
  "config.staleAfter": "1h",
  "config.rpcTimeout": "3s",
  "externalSecret.apiVersion": "a.b/v2",
  "datadog.monitors.apiVersion": "a.b/v2",
  "dashboard.grafanaDashboard.apiVersion": "a.b/v2",
  "image.digest": `sha256:${"1".repeat(64)}`,
  "service.port": 80,
  "walletLists.image.digest": `sha256:${"1".repeat(64)}`,
  "walletLists.folder": "/etc/teams",
  "walletLists.sizeLimit": "1Gi",
  "walletLists.healthPort": 8082,
  "ports.metrics": 9100,
  "image.tag": "2.9",
  "service.clusterIP": "10.0.0.9",
  "service.extraSpec": { loadBalancerClass: "x" },
  "datadog.extraInstance": { a: "b" },
  "externalSecret.extraSpec": { a: "b" },
  "dashboard.enabled": false,
  "dashboard.grafanaDashboard.enabled": false,
  "networkPolicy.egress.public.ports": [8443],
  "alertmanager.urls": ["http://other:9094"],
  "prometheusRule.exporterLabels": ["namespace", "release"],
  "prometheusRule.walletLabels": ["network", "address"],
  "prometheusRule.extraWalletLabels": ["team"],
  "prometheusRule.alerts": { WalletBalanceStale: { enabled: false } },

  "podDisruptionBudget.maxUnavailable": 2,
  "podDisruptionBudget.minAvailable": 2,
  extraEnv: [{ name: "A", value: "b" }],
  extraObjects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } }],
  hostUsers: false,
  "podMonitor.enabled": false,
  "podMonitor.scheme": "https",
  "serviceMonitor.scheme": "https",
};

function otherThan(path: string): unknown {
  if (path in OTHERS) return OTHERS[path];
  const part = resolve(schemaAt(path));
  const value = valueAt(path);
  const types = [part.type ?? []].flat();
  if (part.enum !== undefined) return part.enum.find((one) => one !== value && one !== "");
  if (typeof value === "boolean") return path in ALL_ON ? !ALL_ON[path] : !value;
  if (types.includes("integer")) return Number(value ?? 1) + 1;
  if (typeof value === "string") return /[Ii]nterval|[Tt]imeout/.test(path) ? "17s" : "other";
  if (types.includes("object")) return { zz: part.additionalProperties === undefined ? { a: "b" } : "other" };
  if (types.includes("array")) {
    return path.startsWith("extra") || path === "command" || path === "args" ||
        /Labels$|tags$|except/.test(path)
      ? [otherItem(part)]
      : [otherItem(part)];
  }
  throw new Error(`There is no other value for ${path}`);
}

function otherItem(part: Schema & { readonly items?: Schema }): unknown {
  return resolve(part.items ?? {}).type === "string" ? "other" : { zz: "other" };
}

/** Arguments for Helm. */
function settings(all: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(all).map(([path, value]) => `--set-json=${path}=${JSON.stringify(value)}`);
}

chartTest("null restores the default or removes a field, and every object stays valid", async () => {
  const deprecated = ["enabled", "datadog.enabled", "proxy.no", "proxy.false"];
  const queue = [...schemaPaths(schema), ...Object.keys(schema.properties ?? {}), ...deprecated];
  const { stdout: before } = await helmTemplate();
  await Promise.all(Array.from({ length: 3 }, async () => {
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      const values = path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), null);
      const { code, stdout, stderr } = await helmTemplate({ values });
      if (path === "serviceAccount" || path.startsWith("existingSecret")) continue;
      assert.equal(code, 0, `${path}: ${stderr}`);
      assert.doesNotMatch(stdout, /<nil>|: null$|: +$(?!\n +)/m, path);
      const takesAway = /Probe$|SecurityContext$|securityContext$|^(podAnnotations|strategy|resources|termination)/
        .test(path);
      if (!takesAway) assert.equal(stdout, before, path);
    }
  }));
});

chartTest("every value changes the rendered objects", async () => {
  const idle: string[] = [];
  const queue = schemaPaths(schema).filter((path) => !path.startsWith("global."));
  await Promise.all(Array.from({ length: 3 }, async () => {
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      const on = { ...ALL_ON, ...TOGETHER_WITH[path] };
      const before = await helmTemplate({ args: settings(on) });
      const after = await helmTemplate({ args: settings({ ...on, [path]: otherThan(path) }) });
      assert.equal(before.code, 0, `${path}: ${before.stderr}`);
      assert.equal(after.code, 0, `${path} = ${JSON.stringify(otherThan(path))}: ${after.stderr}`);
      if (before.stdout === after.stdout) idle.push(path);
    }
  }));
  assert.deepEqual(idle, []);
});

chartTest(
  "numbers as strings, and empty values of another type, render the same",
  async () => {
    const { stdout: before } = await helmTemplate();
    for (
      const args of [
        ["--set-string=replicaCount=1,revisionHistoryLimit=3,ports.metrics=8080,config.checkInterval.seconds=300"],
        ["--set-string=shards=1,terminationGracePeriodSeconds=30,service.port=8080"],
        ["--set-json=imagePullSecrets={}", "--set-json=tolerations={}", "--set-json=envFrom={}"],
        ["--set-json=nodeSelector=[]", "--set-json=affinity=[]", '--set-json=extraEnv=""'],
        ["--set=enabled=true,datadog.enabled=true", "--set-string=enabled=true"],
      ]
    ) {
      const { code, stdout, stderr } = await helmTemplate({ args });
      assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
      assert.equal(stdout, before, args.join(" "));
    }
  },
);

chartTest("proxy.noProxy is accepted under its old name, also as YAML 1.1 reads it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const key of ["noProxy", '"no"', "no"]) {
      await Deno.writeTextFile(`${folder}/values.yaml`, `proxy:\n  ${key}: .svc,10.0.0.0/8\n`);
      const { stdout, stderr } = await helmTemplate({ args: [`--values=${folder}/values.yaml`] });
      assert.match(stdout, /name: NO_PROXY\n +value: \.svc,10\.0\.0\.0\/8\n/, `${key}: ${stderr}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

chartTest("labels convert numbers and booleans to strings, and drop null", async () => {
  const labels = { a: 20240101, b: true, c: false, d: null };
  const names = ["podLabels", "commonLabels", "nodeSelector", "deploymentAnnotations"];
  const { stdout, stderr } = await helmTemplate({ values: Object.fromEntries(names.map((name) => [name, labels])) });
  assert.equal(stderr, "");
  assert.equal(stdout.match(/ a: "20240101"$/gm)?.length, stdout.match(/ b: "true"$/gm)?.length);
  assert.ok((stdout.match(/ c: "false"$/gm)?.length ?? 0) >= 5);
  assert.doesNotMatch(stdout, / d: /);
});
