// Writes the configuration of Prometheus as its operator does, by the operator's own code, from a list of objects.
//
// The operator is a controller that puts the same into Secrets and ConfigMaps. What it would look up in a cluster it finds
// here in the memory of fake clients.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus-operator/prometheus-operator/pkg/assets"
	monitoringfake "github.com/prometheus-operator/prometheus-operator/pkg/client/versioned/fake"
	"github.com/prometheus-operator/prometheus-operator/pkg/informers"
	"github.com/prometheus-operator/prometheus-operator/pkg/namespacelabeler"
	"github.com/prometheus-operator/prometheus-operator/pkg/operator"
	prompkg "github.com/prometheus-operator/prometheus-operator/pkg/prometheus"
	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	kubernetesfake "k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
)

// What was read, by what it is for.
type objects struct {
	prometheus *monitoringv1.Prometheus
	namespaces []string
	// Secrets and ConfigMaps.
	data []runtime.Object
	// Monitors and rules.
	monitoring []runtime.Object
}

func main() {
	if len(os.Args) != 2 {
		fail(errors.New("usage: prometheus-operator <folder>, with a list of objects as JSON from standard input"))
	}
	found, err := read(os.Stdin)
	fail(err)
	fail(write(context.Background(), found, os.Args[1]))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(from io.Reader) (objects, error) {
	var documents []json.RawMessage
	var found objects
	if err := json.NewDecoder(from).Decode(&documents); err != nil {
		return found, err
	}
	if err := monitoringv1.AddToScheme(scheme.Scheme); err != nil {
		return found, err
	}
	for _, document := range documents {
		object, _, err := scheme.Codecs.UniversalDeserializer().Decode(document, nil, nil)
		if err != nil {
			return found, err
		}
		switch typed := object.(type) {
		case *monitoringv1.Prometheus:
			found.prometheus = typed
		case *corev1.Namespace:
			found.namespaces = append(found.namespaces, typed.Name)
		case *corev1.Secret:
			// What the API server does.
			typed.Data = map[string][]byte{}
			for key, value := range typed.StringData {
				typed.Data[key] = []byte(value)
			}
			found.data = append(found.data, typed)
		case *corev1.ConfigMap:
			found.data = append(found.data, typed)
		default:
			found.monitoring = append(found.monitoring, object)
		}
	}
	if found.prometheus == nil {
		return found, errors.New("there is no Prometheus among the objects")
	}
	return found, nil
}

func write(ctx context.Context, found objects, folder string) error {
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	factories := informers.NewMonitoringInformerFactories(
		map[string]struct{}{metav1.NamespaceAll: {}}, nil, monitoringfake.NewSimpleClientset(found.monitoring...), 0, nil)
	of := func(resource string) *informers.ForResource {
		informer, err := informers.NewInformersForResource(factories, monitoringv1.SchemeGroupVersion.WithResource(resource))
		fail(err)
		informer.Start(ctx.Done())
		for _, each := range informer.GetInformers() {
			cache.WaitForCacheSync(ctx.Done(), each.Informer().HasSynced)
		}
		return informer
	}
	events := &record.FakeRecorder{}
	client := kubernetesfake.NewSimpleClientset(found.data...)
	store := assets.NewStoreBuilder(client.CoreV1(), client.CoreV1())
	selector, err := prompkg.NewResourceSelector(
		logger, found.prometheus, store, namespacesOf(found.namespaces), operator.NewMetrics(prometheus.NewRegistry()), events)
	if err != nil {
		return err
	}
	services, err := selector.SelectServiceMonitors(ctx, of(monitoringv1.ServiceMonitorName).ListAllByNamespace)
	if err != nil {
		return err
	}
	pods, err := selector.SelectPodMonitors(ctx, of(monitoringv1.PodMonitorName).ListAllByNamespace)
	if err != nil {
		return err
	}
	if rejected := len(services) + len(pods) - len(services.ValidResources()) - len(pods.ValidResources()); rejected > 0 {
		return fmt.Errorf("the operator takes %d of the monitors for invalid", rejected)
	}
	generator, err := prompkg.NewConfigGenerator(logger, found.prometheus, prompkg.WithEndpointSliceSupport())
	if err != nil {
		return err
	}
	configuration, err := generator.GenerateServerConfiguration(
		found.prometheus, services.ValidResources(), pods.ValidResources(), nil, nil, store, nil, nil, nil, []string{"all"})
	if err != nil {
		return err
	}
	rules, err := rulesOf(found, of(monitoringv1.PrometheusRuleName), events, logger)
	if err != nil {
		return err
	}
	files := map[string][]byte{"prometheus.yaml": configuration}
	for name, text := range rules {
		files[filepath.Join("rules", "all", name)] = []byte(text)
	}
	for name, asset := range store.TLSAssets() {
		files[filepath.Join("certs", name)] = asset
	}
	for name, text := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func rulesOf(
	found objects, all *informers.ForResource, events record.EventRecorder, logger *slog.Logger,
) (map[string]string, error) {
	spec := found.prometheus.Spec
	selector, err := operator.NewPrometheusRuleSelector(operator.PrometheusFormat, operator.DefaultPrometheusVersion,
		spec.RuleSelector, namespacelabeler.New(spec.EnforcedNamespaceLabel, nil, true), all, events, logger)
	if err != nil {
		return nil, err
	}
	names, err := operator.ListMatchingNamespaces(labels.Everything(), namespacesOf(found.namespaces))
	if err != nil {
		return nil, err
	}
	rules, rejected, err := selector.Select(names)
	if err != nil {
		return nil, err
	}
	if rejected > 0 {
		return nil, fmt.Errorf("the operator takes %d of the rules for invalid", rejected)
	}
	return rules, nil
}

func namespacesOf(names []string) cache.SharedIndexInformer {
	informer := cache.NewSharedIndexInformer(&cache.ListWatch{}, &corev1.Namespace{}, 0, cache.Indexers{})
	for _, name := range names {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
		fail(informer.GetStore().Add(namespace))
	}
	return informer
}
