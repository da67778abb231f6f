module ml-platform/e2e/dashboards

go 1.26.7

tool ml-platform/e2e/dashboards

require github.com/grafana/grafana-foundation-sdk/go v0.0.22
