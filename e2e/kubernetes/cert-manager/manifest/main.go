// Prints what a release of cert-manager installs, which its makers render from the chart in its module.
package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
)

// What make/manifests.mk of cert-manager gives helm.
var (
	release = chartutil.ReleaseOptions{Name: "cert-manager", Namespace: "cert-manager"}
	values  = map[string]any{
		"creator":         "static",
		"crds":            map[string]any{"enabled": true},
		"startupapicheck": map[string]any{"enabled": false},
	}
)

var mark = regexp.MustCompile(`(?m)^---`)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: manifest <folder of the chart> <version>")
		os.Exit(1)
	}
	chart, err := loader.Load(os.Args[1])
	utilruntime.Must(err)
	chart.Metadata.Version, chart.Metadata.AppVersion = os.Args[2], os.Args[2]
	all, err := chartutil.ToRenderValues(chart, values, release, chartutil.DefaultCapabilities)
	utilruntime.Must(err)
	files, err := engine.Render(chart, all)
	utilruntime.Must(err)

	namespace := fmt.Sprintf("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s}\n", release.Namespace)
	texts := []string{namespace}
	for name, text := range files {
		if strings.HasSuffix(name, ".yaml") && strings.TrimSpace(text) != "" {
			// Templates leave text behind the mark between documents, which helm parts by the mark alone.
			texts = append(texts, mark.ReplaceAllString(text, "---\n"))
		}
	}
	slices.Sort(texts[1:])
	fmt.Println(strings.Join(texts, "\n---\n"))
}
