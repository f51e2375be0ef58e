import assert from "node:assert/strict";
import { findAnvil, type Machine } from "../../dev/find_anvil.ts";

const fromNpm = "/cache/@foundry-rs/anvil-linux-amd64/1.7.1";

interface Given {
  readonly os?: string;
  readonly arch?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly programs?: readonly string[];
  readonly installed?: boolean;
  readonly calls?: string[];
}

function machine(
  { env = {}, programs = [], installed, ...given }: Given,
): Machine {
  return {
    os: given.os ?? "linux",
    arch: given.arch ?? "x86_64",
    env: (name) => env[name],
    isProgram: (path) => Promise.resolve(programs.includes(path)),
    resolve: (specifier) => {
      if (!installed) throw new Error(`Cannot find "${specifier}"`);
      return `${fromNpm}/package.json`;
    },
    output: (bin, args) => {
      given.calls?.push([bin, ...args].join(" "));
      return Promise.resolve("/npx/anvil\n");
    },
  };
}

Deno.test("findAnvil() prefers ANVIL_BIN", async () => {
  const env = { ANVIL_BIN: "/opt/anvil", PATH: "/bin" };
  const found = await findAnvil(
    machine({ env, programs: ["/opt/anvil", "/bin/anvil"] }),
  );
  assert.deepEqual(found, { bin: "/opt/anvil", args: [] });
});

Deno.test("findAnvil() rejects an ANVIL_BIN that is not executable", async () => {
  const env = { ANVIL_BIN: "/opt/anvil", PATH: "/bin" };
  await assert.rejects(findAnvil(machine({ env, programs: ["/bin/anvil"] })), {
    message: 'Cannot start anvil: ANVIL_BIN is "/opt/anvil", which is not an executable file',
  });
});

Deno.test("findAnvil() prefers the first anvil on PATH to the npm package", async () => {
  const programs = ["/b/anvil", "/c/anvil", `${fromNpm}/bin/anvil`];
  const found = await findAnvil(
    machine({
      env: { ANVIL_BIN: "", PATH: "/a::/b:/c" },
      programs,
      installed: true,
    }),
  );
  assert.equal(found.bin, "/b/anvil");
});

Deno.test("findAnvil() prefers the npm package to npx", async () => {
  const programs = ["/bin/npx", "/npx/anvil", `${fromNpm}/bin/anvil`];
  const found = await findAnvil(
    machine({ env: { PATH: "/bin" }, programs, installed: true }),
  );
  assert.equal(found.bin, `${fromNpm}/bin/anvil`);
});

Deno.test("findAnvil() uses npx for the package of a platform without a locked one", async () => {
  const calls: string[] = [];
  const found = await findAnvil(machine({
    os: "darwin",
    arch: "aarch64",
    env: { PATH: "/bin" },
    programs: ["/bin/npx", "/npx/anvil"],
    installed: true,
    calls,
  }));
  assert.equal(found.bin, "/npx/anvil");
  assert.deepEqual(calls, [
    "npx -y -p @foundry-rs/anvil-darwin-arm64@1.7.1 -c command -v anvil",
  ]);
});

Deno.test("findAnvil() throws installation instructions if anvil is not found", async () => {
  const message = "Cannot find anvil, the local Ethereum node: install Foundry from https://getfoundry.sh, " +
    "or set ANVIL_BIN to the anvil program";
  await assert.rejects(findAnvil(machine({})), { message });
  // npx is there, but what it fetched cannot be run.
  const npx = { env: { PATH: "/bin" }, programs: ["/bin/npx"] };
  await assert.rejects(findAnvil(machine(npx)), { message });
  await assert.rejects(findAnvil(machine({ ...npx, os: "windows" })), {
    message,
  });
});
