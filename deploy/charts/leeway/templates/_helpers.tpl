{{- define "leeway.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "leeway.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "leeway.labels" -}}
{{ include "leeway.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end -}}

{{/* The pack, empty with a configuration of one's own. Fails unless the configuration is one of the three. */}}
{{- define "leeway.pack" -}}
{{- $given := compact (list .Values.pack .Values.config .Values.existingConfigMap) -}}
{{- if gt (len $given) 1 -}}
{{- fail "only one of pack, config and existingConfigMap can be set" -}}
{{- end -}}
{{- if .Values.pack -}}
{{- if not (.Files.Get (printf "packs/%s/leeway.toml" .Values.pack)) -}}
{{- fail (printf "there is no pack %q; the packs are the folders of packs/ in the chart" .Values.pack) -}}
{{- end -}}
{{- .Values.pack -}}
{{- else if not $given -}}
{{- if not .Values.daemonset.enabled -}}
{{- fail "there is nothing to read: set pack, config or existingConfigMap, or daemonset.enabled=true for the logs of the nodes" -}}
{{- end -}}
node-logs
{{- end -}}
{{- end -}}

{{/* The job of the agents, which their rules select. */}}
{{- define "leeway.job" -}}
{{- $pack := include "leeway.pack" . -}}
{{- if .Values.podMonitor.job -}}
{{- .Values.podMonitor.job -}}
{{- else if $pack -}}
{{- eq $pack "node-logs" | ternary "leeway" $pack -}}
{{- else if or .Values.prometheusRule.enabled .Values.dashboards.enabled -}}
{{- fail "podMonitor.job is not set: it has to be [rules] job of the configuration, by default its name, which rules and dashboards select" -}}
{{- else -}}
leeway
{{- end -}}
{{- end -}}

{{- define "leeway.config" -}}
{{- $pack := include "leeway.pack" . -}}
{{- if $pack -}}
{{- .Files.Get (printf "packs/%s/leeway.toml" $pack) -}}
{{- else -}}
{{- .Values.config -}}
{{- end -}}
{{- end -}}

{{- define "leeway.configMapName" -}}
{{- .Values.existingConfigMap | default (include "leeway.fullname" .) -}}
{{- end -}}

{{- define "leeway.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "leeway.fullname" .) "default") -}}
{{- end -}}

{{- define "leeway.image" -}}
{{- with .Values.image.registry }}{{ . }}/{{ end }}{{ .Values.image.repository }}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end -}}
{{- end -}}
