{{/* Environment of the container; extraEnv overrides the chart's variables. */}}
{{- define "wallet-balance-exporter.env" -}}
{{- $own := list -}}
{{- $secret := dict "name" (include "wallet-balance-exporter.secretName" .) "key" (include "wallet-balance-exporter.secretKey" .) -}}
{{- if eq .Values.config.delivery "env" -}}
{{- $own = append $own (dict "name" "WALLET_CONFIG" "valueFrom" (dict "secretKeyRef" $secret)) -}}
{{- else -}}
{{- $own = append $own (dict "name" "WALLET_CONFIG_FILE" "value" (default "/etc/wallet-balance-exporter/config/config" .Values.config.file)) -}}
{{- end -}}
{{- $own = append $own (dict "name" "CHECK_INTERVAL" "value" (include "wallet-balance-exporter.interval" .)) -}}
{{- $own = append $own (dict "name" "METRICS_PORT" "value" (toString (int64 .Values.ports.metrics))) -}}
{{- $own = append $own (dict "name" "RELEASE_NAME" "value" .Release.Name) -}}
{{- $own = append $own (dict "name" "POD_NAMESPACE" "value" (include "wallet-balance-exporter.namespace" .)) -}}
{{- $own = append $own (dict "name" "LOG_LEVEL" "value" .Values.log.level) -}}
{{- $own = append $own (dict "name" "LOG_FORMAT" "value" .Values.log.format) -}}
{{- if not (eq (toString .Values.config.staleAfter) "") -}}
{{- $own = append $own (dict "name" "STALE_AFTER" "value" (include "wallet-balance-exporter.intOrString" .Values.config.staleAfter)) -}}
{{- end -}}
{{- if not (eq (toString .Values.config.rpcTimeout) "") -}}
{{- $own = append $own (dict "name" "RPC_TIMEOUT" "value" (include "wallet-balance-exporter.intOrString" .Values.config.rpcTimeout)) -}}
{{- end -}}
{{- if gt (int64 .Values.shards) 1 -}}
{{- $own = append $own (dict "name" "SHARD" "value" (printf "%d/%d" (int64 .shard) (int64 .Values.shards))) -}}
{{- end -}}
{{- if .Values.config.strict -}}{{- $own = append $own (dict "name" "CONFIG_STRICT" "value" "true") -}}{{- end -}}
{{- with .Values.proxy.http -}}{{- $own = append $own (dict "name" "HTTP_PROXY" "value" .) -}}{{- end -}}
{{- with .Values.proxy.https -}}{{- $own = append $own (dict "name" "HTTPS_PROXY" "value" .) -}}{{- end -}}
{{- with coalesce .Values.proxy.noProxy (get .Values.proxy "no") (get .Values.proxy "false") -}}{{- $own = append $own (dict "name" "NO_PROXY" "value" .) -}}{{- end -}}
{{- if or .Values.caBundle.configMap .Values.caBundle.secret -}}
{{- $own = append $own (dict "name" "DENO_CERT" "value" "/etc/wallet-balance-exporter/ca/ca.crt") -}}
{{- end -}}
{{- if .Values.webConfig.existingSecret -}}
{{- $own = append $own (dict "name" "WEB_CONFIG_FILE" "value" (printf "/etc/wallet-balance-exporter/web/%s" .Values.webConfig.key)) -}}
{{- end -}}
{{- with .Values.alertmanager.urls -}}
{{- $own = append $own (dict "name" "ALERTMANAGER_URL" "value" (join "," .)) -}}
{{- if $.Values.alertmanager.existingSecret -}}
{{- $own = append $own (dict "name" "ALERTMANAGER_HTTP_CONFIG" "value" (printf "/etc/wallet-balance-exporter/alertmanager/%s" $.Values.alertmanager.key)) -}}
{{- end -}}
{{- $labels := list -}}
{{- range $name, $value := $.Values.alertmanager.labels -}}{{- $labels = append $labels (printf "%s=%s" $name $value) -}}{{- end -}}
{{- with $labels -}}{{- $own = append $own (dict "name" "ALERTMANAGER_LABEL" "value" (join "," .)) -}}{{- end -}}
{{- end -}}
{{- $taken := list -}}
{{- range .Values.extraEnv -}}{{- $taken = append $taken .name -}}{{- end -}}
{{- $all := list -}}
{{- range $own -}}{{- if not (has .name $taken) -}}{{- $all = append $all . -}}{{- end -}}{{- end -}}
{{- concat $all .Values.extraEnv | toYaml -}}
{{- end -}}

{{/* An integer without exponent, or a string. */}}
{{- define "wallet-balance-exporter.intOrString" -}}
{{- if kindIs "string" . -}}{{- . -}}{{- else -}}{{- int64 . -}}{{- end -}}
{{- end -}}

{{/* Mode of mounted Secret files: 0444 without an fsGroup, since they then belong to root; else 0440. */}}
{{- define "wallet-balance-exporter.fileMode" -}}
{{- ternary 292 288 (kindIs "invalid" (.Values.podSecurityContext).fsGroup) -}}
{{- end -}}

{{- define "wallet-balance-exporter.volumes" -}}
{{- $all := list -}}
{{- $mode := include "wallet-balance-exporter.fileMode" . | int -}}
{{- if not (or (eq .Values.config.delivery "env") .Values.config.file) -}}
{{- $item := dict "key" (include "wallet-balance-exporter.secretKey" .) "path" "config" -}}
{{- $secret := dict "secretName" (include "wallet-balance-exporter.secretName" .) "defaultMode" $mode "items" (list $item) -}}
{{- $all = append $all (dict "name" "config" "secret" $secret) -}}
{{- end -}}
{{- with .Values.webConfig.existingSecret -}}
{{- $all = append $all (dict "name" "web" "secret" (dict "secretName" . "defaultMode" $mode)) -}}
{{- end -}}
{{- if .Values.alertmanager.urls -}}
{{- with .Values.alertmanager.existingSecret -}}
{{- $all = append $all (dict "name" "alertmanager" "secret" (dict "secretName" . "defaultMode" $mode)) -}}
{{- end -}}
{{- end -}}
{{- with include "wallet-balance-exporter.caVolume" . | fromYaml -}}{{- $all = append $all . -}}{{- end -}}
{{- if .Values.walletLists.enabled -}}
{{- $all = concat $all (include "wallet-balance-exporter.listsVolumes" . | fromYamlArray) -}}
{{- end -}}
{{- with concat $all .Values.extraVolumes -}}{{- toYaml . -}}{{- end -}}
{{- end -}}

{{/* The volume with CA certificates, if any. */}}
{{- define "wallet-balance-exporter.caVolume" -}}
{{- $items := list (dict "key" .Values.caBundle.key "path" "ca.crt") -}}
{{- with .Values.caBundle.configMap -}}
{{- dict "name" "ca" "configMap" (dict "name" . "items" $items) | toYaml -}}
{{- end -}}
{{- with .Values.caBundle.secret -}}
{{- dict "name" "ca" "secret" (dict "secretName" . "defaultMode" (include "wallet-balance-exporter.fileMode" $ | int) "items" $items) | toYaml -}}
{{- end -}}
{{- end -}}

{{- define "wallet-balance-exporter.volumeMounts" -}}
{{- $all := list -}}
{{- if not (or (eq .Values.config.delivery "env") .Values.config.file) -}}
{{- $all = append $all (dict "name" "config" "mountPath" "/etc/wallet-balance-exporter/config" "readOnly" true) -}}
{{- end -}}
{{- if .Values.webConfig.existingSecret -}}
{{- $all = append $all (dict "name" "web" "mountPath" "/etc/wallet-balance-exporter/web" "readOnly" true) -}}
{{- end -}}
{{- if and .Values.alertmanager.urls .Values.alertmanager.existingSecret -}}
{{- $all = append $all (dict "name" "alertmanager" "mountPath" "/etc/wallet-balance-exporter/alertmanager" "readOnly" true) -}}
{{- end -}}
{{- if .Values.walletLists.enabled -}}
{{- $all = append $all (dict "name" "wallet-lists" "mountPath" .Values.walletLists.folder "readOnly" true) -}}
{{- end -}}
{{- if or .Values.caBundle.configMap .Values.caBundle.secret -}}
{{- $all = append $all (dict "name" "ca" "mountPath" "/etc/wallet-balance-exporter/ca" "readOnly" true) -}}
{{- end -}}
{{- with concat $all .Values.extraVolumeMounts -}}{{- toYaml . -}}{{- end -}}
{{- end -}}

{{/* A probe; the scheme is HTTPS with TLS, unless the probe sets one. Called with (list context probe). */}}
{{- define "wallet-balance-exporter.probe" -}}
{{- $context := index . 0 -}}
{{- $probe := deepCopy (index . 1) -}}
{{- if or $probe.exec $probe.tcpSocket $probe.grpc -}}{{- $probe = omit $probe "httpGet" -}}{{- end -}}
{{- if and $context.Values.webConfig.tls (hasKey $probe "httpGet") -}}
{{- if not (hasKey $probe.httpGet "scheme") -}}{{- $_ := set $probe.httpGet "scheme" "HTTPS" -}}{{- end -}}
{{- end -}}
{{- toYaml $probe -}}
{{- end -}}
