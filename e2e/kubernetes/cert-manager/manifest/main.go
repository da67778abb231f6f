// Prints what a release of cert-manager installs, which its makers render from the chart in its module.
package main

import (
	"fmt"
	"os"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/releaseutil"
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

	for name := range files {
		if !strings.HasSuffix(name, ".yaml") {
			delete(files, name)
		}
	}
	_, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	utilruntime.Must(err)
	fmt.Printf("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s}\n", release.Namespace)
	for _, manifest := range manifests {
		fmt.Printf("---\n%s\n", manifest.Content)
	}
}
