// Holds dashboards to Grafana's schema: by the readers that Grafana generates of it, which refuse a field that it has not, a
// value of another type, and what breaks a constraint. Each argument is a file with the JSON of a dashboard.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// The options of a panel of any other type would not be looked at; a row has none.
var known = map[string]bool{"row": true, "stat": true, "timeseries": true}

func main() {
	runtime := cog.NewRuntime()
	runtime.RegisterPanelcfgVariant(stat.VariantConfig())
	runtime.RegisterPanelcfgVariant(timeseries.VariantConfig())
	queries, faults := 0, 0
	for _, file := range os.Args[1:] {
		count, err := check(file)
		queries += count
		if err != nil {
			faults++
			fmt.Fprintf(os.Stderr, "%s: %v\n", file, err)
		}
	}
	if faults > 0 {
		os.Exit(1)
	}
	fmt.Printf("%d dashboards, %d queries\n", len(os.Args)-1, queries)
}

// Returns how many queries there are.
func check(file string) (int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	var read dashboard.Dashboard
	if err := faultsOf(read.UnmarshalJSONStrict(text)); err != nil {
		return 0, err
	}
	// The strict reader gives no panels back, and does not look into queries.
	var whole dashboard.Dashboard
	if err := json.Unmarshal(text, &whole); err != nil {
		return 0, err
	}
	if err := whole.Validate(); err != nil {
		return 0, err
	}
	return checkQueries(text)
}

func checkQueries(text []byte) (int, error) {
	var read struct {
		Panels []struct {
			Type    string
			Targets []json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return 0, err
	}
	count := 0
	for index, panel := range read.Panels {
		if !known[panel.Type] {
			return 0, fmt.Errorf("panels[%d]: of the type %q, whose options nobody checks", index, panel.Type)
		}
		for _, target := range panel.Targets {
			count++
			var query prometheus.Dataquery
			if err := faultsOf(query.UnmarshalJSONStrict(target)); err != nil {
				return 0, fmt.Errorf("panels[%d].targets: %w", index, err)
			}
		}
	}
	return count, nil
}

// The strict readers return an empty list of faults where there are none.
func faultsOf(err error) error {
	if err == nil || err.Error() == "" {
		return nil
	}
	return err
}
