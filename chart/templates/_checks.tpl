{{/* Validation the schema cannot express. Every template includes it first, so its messages come before other errors. */}}
{{- define "wallet-balance-exporter.checks" -}}
{{- include "wallet-balance-exporter.checkImage" . -}}
{{- if not (hasKey .Values "serviceAccount") -}}
{{- fail "\n\nThe value serviceAccount is missing. --reuse-values keeps the values of the old chart and drops new defaults.\nUpgrade with --reset-then-reuse-values, or with -f and all your values.\n" -}}
{{- end -}}
{{- include "wallet-balance-exporter.setDefaults" (list .Values (.Files.Get "files/defaults.json" | fromJson)) -}}
{{- $sources := list -}}
{{- if .Values.existingSecret.name -}}{{- $sources = append $sources "existingSecret.name" -}}{{- end -}}
{{- if .Values.config.networks -}}{{- $sources = append $sources "config.networks" -}}{{- end -}}
{{- if .Values.config.text -}}{{- $sources = append $sources "config.text" -}}{{- end -}}
{{- if .Values.config.file -}}{{- $sources = append $sources "config.file" -}}{{- end -}}
{{- if eq (len $sources) 0 -}}
{{- fail "\n\nNo configuration: set existingSecret.name to a Secret, or set config.networks, config.text or config.file.\n" -}}
{{- end -}}
{{- if gt (len $sources) 1 -}}
{{- fail (printf "\n\nMore than one configuration source: %s. Keep one and set the others to \"\".\nTo use config.networks, config.text or config.file, set existingSecret.name=\"\".\n" (join " and " $sources)) -}}
{{- end -}}
{{- if and .Values.existingSecret.name (not .Values.existingSecret.field) -}}
{{- fail "\n\nexistingSecret.field is empty. Set it to the key of the Secret that holds the configuration.\n" -}}
{{- end -}}
{{- if and .Values.externalSecret.enabled (not .Values.existingSecret.name) -}}
{{- fail "\n\nexternalSecret.enabled requires existingSecret.name, which is empty. Set it to the name of the Secret to write.\n" -}}
{{- end -}}
{{- if and .Values.config.file (eq .Values.config.delivery "env") -}}
{{- fail "\n\nconfig.file cannot be combined with config.delivery=env. Set config.delivery=file.\n" -}}
{{- end -}}
{{- if and .Values.externalSecret.enabled (not (and .Values.externalSecret.secretStoreRef.name .Values.externalSecret.remoteRef.key)) -}}
{{- fail "\n\nexternalSecret.enabled requires externalSecret.secretStoreRef.name and remoteRef.key. Set both.\n" -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled .Values.podMonitor.enabled -}}
{{- fail "\n\nserviceMonitor and podMonitor are both enabled: every Pod would be scraped twice. Disable one.\n" -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled (not .Values.service.enabled) -}}
{{- fail "\n\nserviceMonitor.enabled requires the Service. Set service.enabled=true, or use podMonitor.\n" -}}
{{- end -}}
{{- $budget := .Values.podDisruptionBudget -}}
{{- if and $budget.enabled (not (kindIs "invalid" $budget.maxUnavailable)) (not (kindIs "invalid" $budget.minAvailable)) -}}
{{- fail "\n\npodDisruptionBudget has both maxUnavailable and minAvailable. Kubernetes allows one: set the other to null.\n" -}}
{{- end -}}
{{- if and .Values.caBundle.configMap .Values.caBundle.secret -}}
{{- fail "\n\ncaBundle.configMap and caBundle.secret are both set. Keep one.\n" -}}
{{- end -}}
{{- if and .Values.webConfig.tls (not .Values.webConfig.existingSecret) -}}
{{- fail "\n\nwebConfig.tls requires webConfig.existingSecret, which is empty. Set it to the Secret with the web configuration.\n" -}}
{{- end -}}
{{- if .Values.walletLists.enabled -}}
{{- if not (or .Values.serviceAccount.create .Values.serviceAccount.name) -}}
{{- fail "\n\nwalletLists.enabled gives rights to the ServiceAccount, which would be that of all Pods of the namespace.\nSet serviceAccount.create=true, or serviceAccount.name.\n" -}}
{{- end -}}
{{- if eq (int64 .Values.walletLists.healthPort) (int64 .Values.ports.metrics) -}}
{{- fail (printf "\n\nwalletLists.healthPort and ports.metrics are both %d. Containers of a Pod share their ports: change one.\n" (int64 .Values.ports.metrics)) -}}
{{- end -}}
{{- end -}}
{{- $names := list -}}
{{- range .Values.extraEnv -}}
{{- if has .name $names -}}
{{- fail (printf "\n\nextraEnv has a duplicate variable %q. Keep one.\n" .name) -}}
{{- end -}}
{{- if has .name (list "METRICS_PORT" "WEB_LISTEN_ADDRESS") -}}
{{- fail (printf "\n\nextraEnv must not set %s: probes, Service and monitors would keep the old port. Set ports.metrics.\n" .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- if and (eq .Values.service.clusterIP "None") (ne .Values.service.type "ClusterIP") -}}
{{- fail (printf "\n\nservice.clusterIP=None is not allowed with service.type=%s. Set service.type=ClusterIP, or remove clusterIP.\n" .Values.service.type) -}}
{{- end -}}
{{- $interval := include "wallet-balance-exporter.intervalSeconds" . | int64 -}}
{{- if or (le $interval 0) (gt $interval 2073600) -}}
{{- fail (printf "\n\nconfig.checkInterval.seconds is %q. Use whole seconds, at least 1, or a duration such as 15s or 5m; at most 24 days.\n" (include "wallet-balance-exporter.interval" .)) -}}
{{- end -}}
{{- $staleAfter := include "wallet-balance-exporter.intOrString" .Values.config.staleAfter | trim -}}
{{- $stale := include "wallet-balance-exporter.seconds" $staleAfter | int64 -}}
{{- if and $staleAfter (not (regexMatch "^0+[a-z]*$" $staleAfter)) (le $stale $interval) -}}
{{- fail (printf "\n\nconfig.staleAfter is %q, but the check interval is %d seconds: balances would be removed before the next read.\nUse a longer time, or \"0\" for never.\n" $staleAfter $interval) -}}
{{- end -}}
{{- include "wallet-balance-exporter.checkAlerts" . -}}
{{- if .Values.prometheusRule.enabled -}}{{- include "wallet-balance-exporter.checkOwnLabels" . -}}{{- end -}}
{{- end -}}

{{/* Detects images of the agglayer chart 1.x: Python by name or tag, and tags 0.x and 1.x. */}}
{{- define "wallet-balance-exporter.checkImage" -}}
{{- $repository := toString (default "" (.Values.image).repository) -}}
{{- $tag := include "wallet-balance-exporter.imageTag" . -}}
{{- $isPython := or (regexMatch "(^|/)python[^/]*$" $repository) (regexMatch "^3(\\.([6-9]|[12][0-9])(\\.[0-9]+)?)?(-?rc[0-9]*)?(-[a-z][a-z0-9.-]*)?$|^(slim|alpine|bookworm|bullseye|trixie)([0-9.-]|$)" $tag) -}}
{{- $isOld := regexMatch "^v?[01](\\.[0-9]+){0,2}([-_].*)?$" $tag -}}
{{- if and (or $isPython $isOld) (not (and (.Values.image).digest (not (contains "python" $repository)))) -}}
{{- fail (printf "\n\nimage.repository is %q and image.tag %q: this is an image of the agglayer chart 1.x and does not contain this\nexporter. It comes from --reuse-values or from your values file. Remove image.repository and image.tag from your values,\nand upgrade with --reset-then-reuse-values, or with -f and all your values. To use such a tag for your own build of this\nexporter, also set image.digest.\n" $repository $tag) -}}
{{- end -}}
{{- if not (regexMatch "^([^\\s:@/]+(:[0-9]+/)?[^\\s:@]*)?$" $repository) -}}
{{- fail (printf "\n\nimage.repository is %q. It must not contain a tag or digest: use image.tag or image.digest.\n" $repository) -}}
{{- end -}}
{{- end -}}

{{/*
Replaces null, and an empty value of another type such as {} for a list, by the default. Included by the checks, before
any value is used. Where null has a meaning it is kept: probes, limits, annotations, security contexts.
*/}}
{{- define "wallet-balance-exporter.setDefaults" -}}
{{- $values := index . 0 -}}
{{- range $key, $default := index . 1 -}}
{{- $value := index $values $key -}}
{{- $isNothing := and (empty $value) (or (kindIs "slice" $default) (kindIs "map" $default)) (ne (kindOf $value) (kindOf $default)) -}}
{{- if or (kindIs "invalid" $value) $isNothing -}}
{{- $_ := set $values $key (deepCopy (dict "it" $default)).it -}}
{{- else if and (kindIs "map" $default) (kindIs "map" $value) -}}
{{- include "wallet-balance-exporter.setDefaults" (list $value $default) -}}
{{- end -}}
{{- end -}}
{{- end -}}
