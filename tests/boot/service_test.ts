import assert from "node:assert/strict";
import { skipCheck } from "../fakes/outside_tool.ts";
import { BINARY, ROOT } from "../program/exporter_command.ts";
import { freePort } from "../program/free_port.ts";
import { boot, type Booted } from "./booted.ts";

const NAME = "wallet-balance-exporter";
const CONFIG = `/etc/${NAME}/config`;
const KEY = "k3yThatNobodyMaySee";
const PORT = freePort();

function config(...labels: readonly string[]): string {
  const wallets = labels.map((label, index) => ({ address: `0x${`${index + 1}`.padStart(40, "0")}`, label }));
  const endpoints = [`http://127.0.0.1:19001/${KEY}`];
  return JSON.stringify({ version: 2, interval: "2s", networks: [{ name: "a", endpoints, wallets }] });
}

/** Like editors: replaces the file by a new one. */
async function write(machine: Booted, text: string): Promise<void> {
  await machine.run(`cat >${CONFIG}.new <<'END' && mv ${CONFIG}.new ${CONFIG}\n${text}\nEND`);
}

async function show(machine: Booted, property: string, unit = NAME): Promise<string> {
  return (await machine.run(`systemctl show --value --property=${property} ${unit}`)).text.trim();
}

/** Waits for the main process: a signal to process 0 would hit this test. */
async function mainPid(machine: Booted): Promise<string> {
  let pid = "0";
  await until(async () => Number(pid = await show(machine, "MainPID")) > 0, "a process of the service");
  return pid;
}

async function until(holds: () => Promise<boolean>, what: string, seconds = 20): Promise<void> {
  const end = Date.now() + 1000 * seconds;
  while (!await holds()) {
    if (Date.now() > end) throw new Error(`Timeout after ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function page(): Promise<string> {
  return await fetch(`http://127.0.0.1:${PORT}/metrics`).then((response) => response.text(), () => "");
}

async function pageHas(text: string): Promise<boolean> {
  return (await page()).includes(text);
}

async function reloadSuccessful(value: 0 | 1): Promise<boolean> {
  return new RegExp(`^wallet_balance_exporter_config_last_reload_successful\\{.*\\} ${value}$`, "m").test(await page());
}

Deno.test("a real systemd installs, supervises, renews and removes the service", async (t) => {
  assert.ok(BINARY !== undefined, "EXPORTER_BIN is not set");
  const release = await Deno.makeTempDir();
  await new Deno.Command("cp", { args: ["-r", BINARY, new URL("deploy/systemd", ROOT).pathname, release] }).output();
  await using machine = await boot(release);
  if (machine === undefined) return skipCheck("the service under a real systemd", "systemd cannot be booted here");
  const install = "/opt/release/systemd/install.sh";

  await t.step("install.sh without a configuration installs, and prints the next step", async () => {
    const { code, text } = await machine.run(install);
    assert.deepEqual(
      [code, /Write the configuration to \/etc\/wallet-balance-exporter\/config/.test(text)],
      [0, true],
      text,
    );
    assert.equal(await show(machine, "ActiveState"), "inactive");
  });

  await t.step("install.sh with an invalid configuration starts nothing, and prints the problem", async () => {
    await write(machine, `{"version": 2, "networkz": []}`);
    await machine.run(`echo WEB_LISTEN_ADDRESS=127.0.0.1:${PORT} >>/etc/${NAME}/environment`);
    const { code, text } = await machine.run(install);
    assert.equal(code, 1, text);
    assert.match(text, /networkz/);
    assert.equal(await show(machine, "ActiveState"), "inactive");
  });

  await t.step("the service with a valid configuration is ready, and is not root", async () => {
    await write(machine, config("one"));
    const { code, text } = await machine.run(install);
    assert.equal(code, 0, text);
    assert.equal(await show(machine, "ActiveState"), "active");
    assert.match(await show(machine, "StatusText"), /^1 wallet on 1 network/);
    assert.ok(Number(await show(machine, "UID")) > 0);
    await until(() => pageHas('label="one"'), "the metrics");
    const { text: mode } = await machine.run(`stat -c '%a %U' ${CONFIG}`);
    assert.equal(mode, "600 root\n");
  });

  await t.step("install.sh run again keeps the configuration", async () => {
    const before = await machine.run(`sha256sum /etc/${NAME}/*`);
    assert.equal((await machine.run(install)).code, 0);
    assert.deepEqual(await machine.run(`sha256sum /etc/${NAME}/*`), before);
  });

  await t.step("a changed configuration is applied by a restart", async () => {
    await write(machine, config("one", "two"));
    await until(() => pageHas('label="two"'), "the new wallet");
  });

  await t.step("an invalid change is refused, with the reason in the journal", async () => {
    const pid = await mainPid(machine);
    await write(machine, config("one", "two").slice(0, -9));
    await until(async () => await show(machine, "Result", `${NAME}-renew`) === "exit-code", "the refusal");
    assert.equal(await show(machine, "MainPID"), pid);
    assert.ok(await pageHas('label="two"'));
    assert.match((await machine.run(`journalctl -u ${NAME}-renew -o cat`)).text, /FAILED \(\d+ error/);
    await until(() => reloadSuccessful(0), "the metric");
    await until(async () => /FAILED$/.test(await show(machine, "StatusText")), "the status line");
    assert.match((await machine.run(`journalctl -u ${NAME} -o cat`)).text, /Configuration reload failed/);
    await write(machine, config("one", "two", "three"));
    await until(() => pageHas('label="three"'), "the corrected configuration");
    await until(() => reloadSuccessful(1), "the metric");
  });

  await t.step("a configuration with warnings is applied", async () => {
    await write(machine, config("one", "warned").replace(KEY, "YOUR-API-KEY"));
    await until(() => pageHas('label="warned"'), "the change with a warning");
    await write(machine, config("one", "two", "three"));
    await until(() => pageHas('label="three"'), "the change without");
  });

  await t.step("the last of two quick changes is applied, and an invalid one is refused", async () => {
    for (const seconds of [0.05, 0.3, 0.6]) {
      await write(machine, config("one", `first-${seconds}`));
      await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
      await write(machine, config("one", `last-${seconds}`));
      await until(() => pageHas(`label="last-${seconds}"`), `the second change after ${seconds} s`);
    }
    await write(machine, config("one", "good"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await write(machine, "{");
    await until(async () => await show(machine, "Result", `${NAME}-renew`) === "exit-code", "the refusal");
    assert.equal(await show(machine, "ActiveState"), "active");
    await write(machine, config("one", "two", "three"));
    await until(() => pageHas('label="three"'), "the corrected configuration");
  });

  await t.step("a configuration that is too large for a credential is refused with a message", async () => {
    const pid = await mainPid(machine);
    await machine.run(
      `(cat ${CONFIG}; head -c 1000000 /dev/zero | tr '\\0' ' ') >${CONFIG}.new; mv ${CONFIG}.new ${CONFIG}`,
    );
    await until(async () => await show(machine, "Result", `${NAME}-renew`) === "exit-code", "the refusal");
    assert.match(
      (await machine.run(`journalctl -u ${NAME}-renew -o cat`)).text,
      /maximum of a systemd credential is 1000000/,
    );
    assert.equal(await show(machine, "MainPID"), pid);
    await write(machine, config("one", "two", "three", "small"));
    await until(() => pageHas('label="small"'), "the smaller one");
  });

  await t.step("a killed service is restarted", async () => {
    const pid = await mainPid(machine);
    await machine.run(`kill -KILL ${pid}`);
    await until(async () => await pageHas('label="three"') && await show(machine, "MainPID") !== pid, "the restart");
  });

  await t.step("a hanging service is killed by the watchdog and restarted", async () => {
    await machine.run(`mkdir -p /etc/systemd/system/${NAME}.service.d`);
    await machine.run(`printf '[Service]\\nWatchdogSec=2s\\n' >/etc/systemd/system/${NAME}.service.d/fast.conf`);
    await machine.run(`systemctl daemon-reload && systemctl restart ${NAME}`);
    const pid = await mainPid(machine);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    assert.equal(await show(machine, "MainPID"), pid, "a healthy service was restarted");
    await machine.run(`kill -STOP ${pid}`);
    await until(
      async () => await pageHas('label="three"') && await show(machine, "MainPID") !== pid,
      "the restart",
      40,
    );
    assert.match((await machine.run(`journalctl -u ${NAME} -o cat`)).text, /Watchdog timeout/);
  });

  await t.step(
    "the service starts with the last valid configuration after a refused change, and shows the refusal",
    async () => {
      await write(machine, "{");
      await until(async () => await show(machine, "Result", `${NAME}-renew`) === "exit-code", "the refusal");
      await machine.run(`rm -rf /run/${NAME}-renew; systemctl restart ${NAME}`);
      assert.equal(await show(machine, "ActiveState"), "active");
      await until(() => pageHas('label="three"'), "the configuration before");
      await until(() => reloadSuccessful(0), "the metric");
      await write(machine, config("four"));
      await until(() => pageHas('label="four"'), "the corrected configuration");
    },
  );

  await t.step("a large fleet is read from a group-readable file, and changes without a restart", async () => {
    const folder = "/etc/wallets";
    const dropIn = `/etc/systemd/system/${NAME}.service.d/large.conf`;
    const lines = [
      "[Service]",
      "LoadCredential=",
      "SupplementaryGroups=wallets",
      "ExecStart=",
      `ExecStart=/usr/local/bin/${NAME} --config.file=${folder}/config`,
      "Environment=CONFIG_REFUSED_FILE=",
    ];
    const fill = (label: string): string =>
      `(cat; head -c 1100000 /dev/zero | tr '\\0' ' ') >${folder}/new <<'END'\n${config(label)}\nEND\n` +
      `chgrp wallets ${folder} ${folder}/new && chmod 750 ${folder} && chmod 640 ${folder}/new && mv ${folder}/new ${folder}/config`;
    await machine.run(`groupadd -f wallets; mkdir -p ${folder}; systemctl disable --now ${NAME}.path`);
    await machine.run(fill("large"));
    await machine.run(
      `printf '%s\\n' '${lines.join("' '")}' >${dropIn}; systemctl daemon-reload; systemctl restart ${NAME}`,
    );
    await until(() => pageHas('label="large"'), "the large configuration");
    const pid = await mainPid(machine);
    await machine.run(fill("larger"));
    await until(() => pageHas('label="larger"'), "the change");
    assert.equal(await show(machine, "MainPID"), pid);
    // An upgrade restarts the service, although there is no configuration in the usual place.
    await machine.run(`mv ${CONFIG} ${CONFIG}.away`);
    assert.equal((await machine.run(install)).code, 0);
    assert.notEqual(await mainPid(machine), pid);
    await until(() => pageHas('label="larger"'), "the newer version");
    await machine.run(`mv ${CONFIG}.away ${CONFIG}`);
    await machine.run(`rm ${dropIn}; systemctl daemon-reload; systemctl restart ${NAME}`);
  });

  await t.step("no key is in the journal or the output of systemctl", async () => {
    const { text } = await machine.run(`journalctl -o cat; systemctl show ${NAME}; systemctl status ${NAME}`);
    assert.ok(text.includes("Serving"), "the journal is empty");
    assert.ok(!text.includes(KEY));
  });

  await t.step("uninstall.sh removes the service, and the configuration only with --purge", async () => {
    const uninstall = "/opt/release/systemd/uninstall.sh";
    assert.match((await machine.run(uninstall)).text, /The configuration is still in/);
    assert.equal(await page(), "");
    const left = `find /etc/systemd/system /usr/local -name '${NAME}*' -not -name '*.d'; ls /etc/${NAME}`;
    assert.equal((await machine.run(left)).text, "config\nenvironment\n");
    assert.equal((await machine.run(`${uninstall} --purge`)).text, "Removed.\n");
    assert.match((await machine.run(left)).text, /No such file/);
    const units = `systemctl list-units --all '${NAME}*'; find /etc/systemd/system -name '${NAME}*'`;
    assert.match((await machine.run(units)).text, /^0 loaded units listed/m);
    assert.doesNotMatch((await machine.run(units)).text, /\.d$/m);
  });
  await Deno.remove(release, { recursive: true });
});
