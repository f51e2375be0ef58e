import assert from "node:assert/strict";
import { parse } from "yaml";
import manifest from "../../deno.json" with { type: "json" };
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";

const ROOT = new URL("../../", import.meta.url);
const WORKFLOWS = new URL(".github/workflows/", ROOT);

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: unknown;
  readonly permissions?: unknown;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Everything else is a task or a step: these commands only sign or publish. */
const CALLS = [
  "cosign sign-blob --yes --bundle dist/release/SHA256SUMS.bundle dist/release/SHA256SUMS",
  'gh release create "$GITHUB_REF_NAME" --draft --verify-tag --generate-notes dist/release/*',
  'cosign sign --yes "ghcr.io/$GITHUB_REPOSITORY@$DIGEST"',
  'cosign sign --yes "$CHART@$DIGEST"',
];

const STEP = /^tools\/ci\/steps\.sh ([a-z]+)$/;

/** Arguments of tasks. */
const ARGUMENTS = ["", ' "$GITHUB_REF_NAME"', " amd64 arm64", ' "oci://ghcr.io/$GITHUB_REPOSITORY_OWNER/charts"'];

/** The allowed keys of a job: no third-party containers and services. */
const KEYS = ["needs", "permissions", "runs-on", "steps", "timeout-minutes", "uses"];

async function workflow(name: string): Promise<Workflow> {
  return parse(await Deno.readTextFile(new URL(name, WORKFLOWS)));
}

function stepsOf({ jobs }: Workflow): readonly Step[] {
  return Object.values(jobs).flatMap(({ steps = [] }) => steps);
}

for await (const { name } of Deno.readDir(WORKFLOWS)) {
  Deno.test(`${name} may only read, runs only tasks and steps, and uses pinned actions`, async () => {
    const all = await workflow(name);
    assert.deepEqual(all.permissions, { contents: "read" });
    assert.deepEqual(Object.values(all.jobs).flatMap(Object.keys).filter((key) => !KEYS.includes(key)), []);
    for (const { run, uses } of stepsOf(all)) {
      const isTask = Object.keys(manifest.tasks).some((task) =>
        ARGUMENTS.some((given) => run === `deno task ${task}${given}`)
      );
      assert.ok(run === undefined || isTask || STEP.test(run) || CALLS.includes(run), `${run} is not a task`);
      assert.ok(uses === undefined || /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(uses), `${uses} is not pinned`);
    }
  });
}

Deno.test("the release is tested, built for both architectures, signed, and records its origin", async () => {
  const release = await workflow("release.yml");
  assert.deepEqual(release.on, { push: { tags: ["v*"] } });
  assert.deepEqual(Object.entries(release.jobs).map(([name, { needs, permissions }]) => [name, needs, permissions]), [
    ["test", undefined, undefined],
    ["archives", ["test", "image"], { contents: "write", "id-token": "write", attestations: "write" }],
    ["image", "test", { contents: "read", packages: "write", "id-token": "write", attestations: "write" }],
    ["chart", ["test", "image"], {
      contents: "read",
      packages: "write",
      "id-token": "write",
      attestations: "write",
    }],
  ]);
  const steps = stepsOf(release);
  for (const call of CALLS) assert.ok(steps.some(({ run }) => run === call), call);
  assert.ok(steps.some(({ run }) => run === "deno task package amd64 arm64"));
  const build = steps.find(({ uses }) => uses?.startsWith("docker/build-push-action@"))?.with ?? {};
  assert.deepEqual(
    [build["platforms"], build["provenance"], build["sbom"]],
    ["linux/amd64,linux/arm64", "mode=max", true],
  );
  assert.equal(steps.filter(({ uses }) => uses?.startsWith("actions/attest-build-provenance@")).length, 3);
});

Deno.test("test.yml and .ci/run run the same steps, in the same order, and every step of steps.sh", async () => {
  const runs = stepsOf(await workflow("test.yml")).flatMap(({ run }) => STEP.exec(run ?? "")?.[1] ?? []);
  const script = await Deno.readTextFile(new URL("tools/ci/steps.sh", ROOT));
  const defined = [...script.matchAll(/^step_([a-z]+)\(\)/gm)].map(([, name]) => name);
  const [, local = ""] = /steps\.sh" (.+)$/m.exec(await Deno.readTextFile(new URL(".ci/run", ROOT))) ?? [];
  assert.deepEqual([...new Set(runs)], local.split(" "));
  const nightly = stepsOf(await workflow("nightly.yml")).flatMap(({ run }) => STEP.exec(run ?? "")?.[1] ?? []);
  assert.deepEqual(nightly, ["tools", "dependencies", "years"]);
  assert.deepEqual(defined, [...local.split(" "), "years"]);
});

Deno.test("shellcheck finds nothing wrong in the scripts of the checks", async () => {
  const scripts = await Array.fromAsync(Deno.readDir(new URL("tools/ci/", ROOT)), ({ name }) => `tools/ci/${name}`);
  const paths = [...scripts, ".ci/run"].map((path) => new URL(path, ROOT).pathname);
  const result = await runOutside([Deno.env.get("SHELLCHECK") ?? "shellcheck", ...paths], "");
  if (result === undefined) return skipCheck("shellcheck of the scripts", "shellcheck is not installed");
  assert.deepEqual(result, { code: 0, output: "" });
});

Deno.test("the image's build uses the given platform, which a default would override", async () => {
  const dockerfile = await Deno.readTextFile(new URL("Dockerfile", ROOT));
  assert.match(dockerfile, /^ARG TARGETARCH$/m);
  assert.doesNotMatch(dockerfile, /^ARG (TARGET|BUILD)\w+=/m);
});

Deno.test("the same version of Deno is used everywhere", async () => {
  const dockerfile = await Deno.readTextFile(new URL("Dockerfile", ROOT));
  const [, version = ""] = /^ARG DENO_VERSION=(\S+)$/m.exec(dockerfile) ?? [];
  assert.match(version, /^\d+\.\d+\.\d+$/);
  for (const name of ["test.yml", "release.yml", "nightly.yml"]) {
    const named = stepsOf(await workflow(name)).flatMap(({ with: inputs }) => inputs?.["deno-version"] ?? []);
    assert.deepEqual(new Set(named), new Set([version]), name);
  }
  const steps = await Deno.readTextFile(new URL("tools/ci/steps.sh", ROOT));
  assert.equal(/^DENO_VERSION=(\S+)$/m.exec(steps)?.[1], version, "steps.sh");
  for (const page of ["README.md", "CONTRIBUTING.md", "SECURITY.md"]) {
    const text = await Deno.readTextFile(new URL(page, ROOT));
    const named = [...text.matchAll(/(?:deno@|Deno )(\d+\.\d+\.\d+)/g)].map(([, each]) => each);
    assert.ok(named.includes(version), page);
  }
});
