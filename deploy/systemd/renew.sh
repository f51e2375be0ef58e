#!/bin/sh
# Applies a changed configuration of wallet-balance-exporter: validates it, keeps a copy of a valid one, and restarts
# the service with that copy. Run by wallet-balance-exporter-renew.service with the new settings, on every change and
# before every start of the service.
set -eu

name=wallet-balance-exporter
folder=/etc/$name
# The last valid configuration. The service starts with it, even if the files have changed since.
accepted=${STATE_DIRECTORY:-/var/lib/$name}
# While this file exists, the exporter reports that a change was refused.
refused=${RUNTIME_DIRECTORY:-/run/$name-renew}/refused
# Maximum size of a systemd credential.
max_size=1000000

refuse() { # refuse WHY...
  printf '%s\n' "$*" >"$refused.new"
  chmod 0644 "$refused.new"
  mv -f "$refused.new" "$refused"
  rm -f "$accepted/config.new" "$accepted/environment.new"
  echo "$*" >&2
  echo "The change is not applied. The service keeps the previous configuration." >&2
  exit 1
}
# Only what was validated is applied: if the files changed meanwhile, start again.
checksum() { cat "$folder/config" "$folder/environment" 2>/dev/null | sha256sum; }
restart_if_changed() {
  if [ "$(checksum)" != "$before" ]; then
    exec systemctl --no-block restart "$name-renew.service"
  fi
}
stage() { # stage FILE
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

# With the configuration elsewhere, by a drop-in, there is nothing to do.
if [ ! -e "$folder/config" ]; then
  rm -f "$refused"
  exit 0
fi
before=$(checksum)
size=$(wc -c <"$folder/config")
[ "$size" -le "$max_size" ] || refuse "$folder/config has $size bytes, the maximum of a systemd credential is $max_size." \
  "Move wallets to a list (walletsFrom), or see docs/install.md for larger files."
stage config
stage environment
if verdict=$("/usr/local/bin/$name" check --config.file="$folder/config" 2>&1); then
  echo "$verdict"
else
  restart_if_changed
  case $verdict in
    *"FAILED (0 errors"*)
      # Warnings only: refuse them if the exporter would (CONFIG_STRICT).
      if is_strict; then refuse "$verdict"; fi
      echo "$verdict"
      ;;
    *) refuse "$verdict" ;;
  esac
fi
restart_if_changed
accept config
accept environment
rm -f "$refused"
# Without waiting, since the service starts after this unit. A failed service is started, a stopped one is not.
if systemctl --quiet is-failed "$name.service"; then
  systemctl --no-block restart "$name.service"
else
  systemctl --no-block try-restart "$name.service"
fi
restart_if_changed
