#!/bin/sh
# Applies a changed configuration of the wallet balance exporter: checks it, keeps a copy of one
# that passes, and restarts the service with that copy. Run by wallet-balance-exporter-renew.service,
# with the new settings, on every change and before every start of the service.
set -eu

name=wallet-balance-exporter
folder=/etc/$name
# What passed last: the service starts with it, whatever has become of the files since.
accepted=${STATE_DIRECTORY:-/var/lib/$name}
# While it exists, the exporter shows that a change was refused.
refused=${RUNTIME_DIRECTORY:-/run/$name-renew}/refused
# systemd hands over no more than this as credentials.
most=1000000

refuse() { # refuse WHY...
  printf '%s\n' "$*" >"$refused.new"
  chmod 0644 "$refused.new"
  mv -f "$refused.new" "$refused"
  rm -f "$accepted/config.new" "$accepted/environment.new"
  echo "$*" >&2
  echo "The change is not applied. The service goes on with the configuration before." >&2
  exit 1
}
# What was checked, and nothing else, is applied: a change meanwhile begins anew.
look() { cat "$folder/config" "$folder/environment" 2>/dev/null | sha256sum; }
begin_anew_after_a_change() {
  if [ "$(look)" != "$before" ]; then
    exec systemctl --no-block restart "$name-renew.service"
  fi
}
copy() { # copy FILE
  rm -f "$accepted/$1.new"
  if [ -e "$folder/$1" ]; then cp "$folder/$1" "$accepted/$1.new"; fi
}
accept() { # accept FILE
  if [ -e "$accepted/$1.new" ]; then mv -f "$accepted/$1.new" "$accepted/$1"; else rm -f "$accepted/$1"; fi
}
is_strict() {
  case ${CONFIG_STRICT:-} in
    '' | [fF] | [fF][aA][lL][sS][eE] | 0 | [nN] | [nN][oO] | [oO][fF][fF]) return 1 ;;
  esac
}

# A service whose configuration is elsewhere, by a drop-in, has nothing here.
if [ ! -e "$folder/config" ]; then
  rm -f "$refused"
  exit 0
fi
before=$(look)
size=$(wc -c <"$folder/config")
[ "$size" -le "$most" ] || refuse "$folder/config has $size bytes, and systemd hands over $most at most." \
  "Put wallets into a list that is fetched (walletsFrom), or see docs/install.md for larger files."
copy config
copy environment
if verdict=$("/usr/local/bin/$name" check --config.file="$folder/config" 2>&1); then
  echo "$verdict"
else
  begin_anew_after_a_change
  case $verdict in
    *"FAILED (0 errors"*)
      # Warnings alone refuse it only where the exporter itself would.
      if is_strict; then refuse "$verdict"; fi
      echo "$verdict"
      ;;
    *) refuse "$verdict" ;;
  esac
fi
begin_anew_after_a_change
accept config
accept environment
rm -f "$refused"
# Not waited for: the service starts after this unit. One that failed is started, one that was stopped is not.
if systemctl --quiet is-failed "$name.service"; then
  systemctl --no-block restart "$name.service"
else
  systemctl --no-block try-restart "$name.service"
fi
begin_anew_after_a_change
