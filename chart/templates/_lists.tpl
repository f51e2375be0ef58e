{{/* The sidecar that writes ConfigMaps into the folder of wallet lists. Only this container has a token. */}}
{{- define "wallet-balance-exporter.listsContainer" -}}
{{- with .Values.walletLists -}}
- name: wallet-lists
  image: {{ include "wallet-balance-exporter.listsImage" $ | quote }}
  {{- with .image.pullPolicy }}
  imagePullPolicy: {{ . }}
  {{- end }}
  env:
    - name: LABEL
      value: {{ .label | quote }}
    {{- with .labelValue }}
    - name: LABEL_VALUE
      value: {{ . | quote }}
    {{- end }}
    - name: RESOURCE
      value: configmap
    - name: NAMESPACE
      value: {{ include "wallet-balance-exporter.namespace" $ | quote }}
    - name: FOLDER
      value: {{ .folder | quote }}
    # Otherwise ConfigMaps with equal keys would overwrite each other's files.
    - name: UNIQUE_FILENAMES
      value: "true"
    # Containers of a Pod share their ports.
    - name: HEALTH_PORT
      value: {{ int64 .healthPort | quote }}
    {{- with .extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .securityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  volumeMounts:
    - name: wallet-lists
      mountPath: {{ .folder | quote }}
    - name: wallet-lists-token
      mountPath: /var/run/secrets/kubernetes.io/serviceaccount
      readOnly: true
{{- end -}}
{{- end -}}

{{/* The image reference of the sidecar. */}}
{{- define "wallet-balance-exporter.listsImage" -}}
{{- $image := .Values.walletLists.image -}}
{{- with default $image.registry (.Values.global).imageRegistry -}}{{- printf "%s/" (trimSuffix "/" .) -}}{{- end -}}
{{- $image.repository -}}
{{- with $image.tag -}}{{- printf ":%s" (include "wallet-balance-exporter.string" .) -}}{{- end -}}
{{- with $image.digest -}}{{- printf "@%s" . -}}{{- end -}}
{{- end -}}

{{/* The folder of wallet lists, and the token of the sidecar. */}}
{{- define "wallet-balance-exporter.listsVolumes" -}}
- name: wallet-lists
  emptyDir:
    sizeLimit: {{ .Values.walletLists.sizeLimit | quote }}
- name: wallet-lists-token
  projected:
    defaultMode: {{ include "wallet-balance-exporter.fileMode" . | int }}
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3600
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                fieldPath: metadata.namespace
{{- end -}}
