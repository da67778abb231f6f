// Runs the webhook of cert-manager, by cert-manager's own code: its command is in no module that the module proxy serves.
package main

import (
	"os"

	"github.com/cert-manager/cert-manager/internal/webhook"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/webhook/options"
	"github.com/spf13/pflag"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
)

func main() {
	settings, err := options.NewWebhookConfiguration()
	utilruntime.Must(err)
	flags := pflag.NewFlagSet("webhook", pflag.ExitOnError)
	options.AddConfigFlags(flags, settings)
	utilruntime.Must(flags.Parse(os.Args[1:]))
	logf.InitLogs()
	defer logf.FlushLogs()
	utilruntime.Must(logf.ValidateAndApply(&settings.Logging))

	ctx := logf.NewContext(ctrl.SetupSignalHandler(), logf.Log, "webhook")
	server, err := webhook.NewCertManagerWebhookServer(logf.FromContext(ctx), *settings)
	utilruntime.Must(err)
	utilruntime.Must(server.Run(ctx))
}
