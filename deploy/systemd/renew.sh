#!/bin/sh
# Takes over a changed configuration of the wallet balance exporter: checks it, and restarts the
# service with it. Run by wallet-balance-exporter-renew.service, with the service's settings.
set -eu

name=wallet-balance-exporter
folder=/etc/$name
# systemd hands over no more than this as credentials.
most=1000000

fail() {
  echo "$*" >&2
  exit 1
}
# What was checked, and nothing else, is to be taken over: a change meanwhile begins anew.
look() { cat "$folder/config" "$folder/environment" 2>/dev/null | sha256sum; }
begin_anew_after_a_change() {
  if [ "$(look)" != "$before" ]; then
    exec systemctl --no-block restart "$name-renew.service"
  fi
}

before=$(look)
size=$(wc -c <"$folder/config")
[ "$size" -le "$most" ] || fail "$folder/config has $size bytes, and systemd hands over $most at most." \
  "Put wallets into a list that is fetched (walletsFrom), or see docs/install.md for larger files."
if ! "/usr/local/bin/$name" check --config.file="$folder/config"; then
  begin_anew_after_a_change
  fail "It is not taken over. The service, if it runs, goes on with the one before."
fi
begin_anew_after_a_change
# One that ended with the configuration before is started; one that was stopped stays so.
if systemctl --quiet is-failed "$name.service"; then
  systemctl restart "$name.service"
else
  systemctl try-restart "$name.service"
fi
begin_anew_after_a_change
