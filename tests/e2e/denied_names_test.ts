import assert from "node:assert/strict";
import { skipCheck } from "../fakes/outside_tool.ts";
import { exporterCommand, ROOT } from "../program/exporter_command.ts";

/** What names resolve to: every spelling of a metadata service, and two that are allowed. */
const HOSTS = `127.0.0.1 localhost allowed.test
10.1.2.3 private.test
169.254.169.254 plain.test
::ffff:169.254.169.254 mapped.test
64:ff9b::169.254.169.254 nat64.test
fd20:ce::254 google.test
fd00:ec2::23 amazon.test
127.0.0.1 both.test
169.254.169.254 both.test
`;

const DENIED = ["plain", "mapped", "nat64", "google", "amazon", "both"].map((name) => `${name}.test`);
const PORT = 18_545;

/**
 * Prepares a network and a hosts file of its own, and runs the lines of a script in it. What is written to a link-local
 * address stays on this machine.
 */
const SETUP = `set -e
mount --bind "$1/hosts" /etc/hosts
ip link set lo up
for address in 169.254.169.254/32 10.1.2.3/32; do ip address add $address dev lo; done
for address in fd20:ce::254 fd00:ec2::23 64:ff9b::a9fe:a9fe; do ip -6 address add $address/128 dev lo; done
"$2" run --no-config -A tests/testdata/hosts_listener.ts ${PORT} "$1/seen" >"$1/listener.log" 2>&1 &
listener=$!
trap 'kill $listener' EXIT
until [ -e "$1/seen.ready" ]; do kill -0 $listener; sleep 0.05; done
set +e
`;

interface Ran {
  readonly outputs: readonly string[];
  /** Hosts that were contacted, as the requests named them. */
  readonly seen: readonly string[];
}

/** Runs commands of the program in there; `undefined` where that cannot be done. */
async function runInside(commands: readonly Command[]): Promise<Ran | undefined> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/hosts`, HOSTS);
    const lines = await Promise.all(commands.map(async ({ args, env = {}, config }, index) => {
      const file = `${folder}/config${index}`;
      if (config !== undefined) await Deno.writeTextFile(file, config);
      const given = config === undefined ? args : [...args, `--config.file=${file}`];
      const variables = Object.entries(env).map(([name, value]) => `${name}='${value}'`).join(" ");
      const command = exporterCommand(given).map((each) => `'${each}'`).join(" ");
      return `env ${variables} timeout 60 ${command} >"$1/output${index}" 2>&1`;
    }));
    const script = `${SETUP}${lines.join("\n")}\nexit 0\n`;
    const { success, stderr } = await new Deno.Command("unshare", {
      args: ["--net", "--mount", "--propagation", "private", "sh", "-c", script, "sh", folder, Deno.execPath()],
      cwd: ROOT,
      stdin: "null",
      env: { NO_COLOR: "1" },
    }).output();
    if (!success) {
      skipCheck("names that resolve to denied addresses", `there is no namespace: ${new TextDecoder().decode(stderr)}`);
      return undefined;
    }
    const outputs = await Promise.all(commands.map((_, index) => Deno.readTextFile(`${folder}/output${index}`)));
    const seen = await Deno.readTextFile(`${folder}/seen`).catch(() => "");
    return { outputs, seen: seen.split("\n").flatMap((line) => line.split(/[ :]/, 1)).filter((host) => host !== "") };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Command {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: string;
}

const WALLETS = [{ address: `0x${"ab".repeat(20)}`, label: "w" }];

function once(hosts: readonly string[], env?: Command["env"]): Command {
  const config = JSON.stringify(Object.fromEntries(hosts.map((host) => [`http://${host}:${PORT}`, WALLETS])));
  return { args: ["once"], config, ...env === undefined ? {} : { env } };
}

function withList(host: string): Command {
  const config = {
    version: 2,
    networks: [{
      name: "n",
      endpoints: ["http://127.0.0.1:1"],
      walletsFrom: [{ url: `http://${host}:${PORT}/wallets.csv` }],
    }],
  };
  return { args: ["once"], config: JSON.stringify(config) };
}

Deno.test("SE1: no name that resolves to a metadata service is contacted, in any notation, by any kind of request", async () => {
  const commands = [
    once([...DENIED, "allowed.test", "private.test"]),
    ...DENIED.map(withList),
    ...DENIED.map((host) => ({ ...once(["allowed.test"]), args: ["once", `--push=http://${host}:${PORT}`] })),
    ...DENIED.map((host) => ({ args: ["healthcheck", `--url=http://${host}:${PORT}/-/healthy`] })),
    ...DENIED.map((host) => once(["unknown.test"], { HTTP_PROXY: `http://${host}:${PORT}` })),
  ];
  const ran = await runInside(commands);
  if (ran === undefined) return;
  assert.deepEqual(new Set(ran.seen), new Set(["allowed.test", "private.test"]), ran.outputs.join("\n"));
  const [first = "", ...others] = ran.outputs;
  const by = (way: number): readonly string[] => others.slice(way * DENIED.length, (way + 1) * DENIED.length);
  for (const output of [...by(0), ...by(1)]) assert.match(output, /the name resolves to a link-local address/);
  for (const output of by(2)) assert.match(output, /Cannot connect to/);
  for (const output of by(3)) assert.match(output, /reason=denied .*the proxy's name resolves to/);
  for (const host of DENIED) assert.match(first, new RegExp(`endpoint=${host}.* reason=denied`), first);
});
