{{/*
Puts the default in the place of every value that was set to null. Every template asks for it, with the checks, before
it looks at a value. Null keeps its meaning for what can be taken away: probes, limits, annotations, security contexts.
*/}}
{{- define "wallet-balance-exporter.fillIn" -}}
{{- $values := index . 0 -}}
{{- range $key, $default := index . 1 -}}
{{- if kindIs "invalid" (index $values $key) -}}
{{- $_ := set $values $key (deepCopy (dict "it" $default)).it -}}
{{- else if and (kindIs "map" $default) (kindIs "map" (index $values $key)) -}}
{{- include "wallet-balance-exporter.fillIn" (list (index $values $key) $default) -}}
{{- end -}}
{{- end -}}
{{- end -}}
