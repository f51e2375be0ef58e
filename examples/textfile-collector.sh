#!/bin/sh
# Writes the metrics to a file of node_exporter's textfile collector: textfile-collector.sh CONFIG [FOLDER]. For cron or a timer.
set -eu
config=$1
folder=${2:-/var/lib/node_exporter/textfile}
page=$folder/.wallets.prom.$$
trap 'rm -f "$page"' EXIT

code=0
wallet-balance-exporter once --config.file="$config" --output=prometheus >"$page" || code=$?
# 3: something was not read, 4: something is below its minimum. The metrics show both; anything else is a failure.
case $code in
0 | 3 | 4) mv "$page" "$folder/wallets.prom" ;;
*) exit "$code" ;;
esac
