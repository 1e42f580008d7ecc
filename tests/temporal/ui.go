// The UI server's proxy in front of the same server: the second endpoint.
package main

import (
	"net"
	"strconv"
	"strings"

	ui "github.com/temporalio/ui-server/v2/server"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"
)

func disable(c *config.Config, names string) {
	switches := map[string]*bool{
		"write":     &c.DisableWriteActions,
		"terminate": &c.WorkflowTerminateDisabled,
		"cancel":    &c.WorkflowCancelDisabled,
		"signal":    &c.WorkflowSignalDisabled,
		"update":    &c.WorkflowUpdateDisabled,
		"reset":     &c.WorkflowResetDisabled,
		"pause":     &c.WorkflowPauseDisabled,
		"batch":     &c.BatchActionsDisabled,
		"start":     &c.StartWorkflowDisabled,
		"activity":  &c.ActivityCommandsDisabled,
	}
	for _, name := range split(names, '+') {
		if name != "codec" {
			*switches[name] = true
		}
	}
}

func startUIs(o options) {
	for _, one := range split(o.ui, ',') {
		number, off, _ := strings.Cut(one, ":")
		port, err := strconv.Atoi(number)
		check(err, "the UI server's port")
		startUI(o, port, off)
	}
}

func startUI(o options, port int, off string) {
	c := &config.Config{
		TemporalGRPCAddress: hostPort(o.grpcPort),
		Host:                host,
		Port:                port,
		DefaultNamespace:    "default",
		HideLogs:            true,
	}
	disable(c, off)
	if strings.Contains(off, "codec") {
		c.Codec = config.Codec{
			Endpoint: "http://" + net.JoinHostPort(host, o.codec) + "/{namespace}", PassAccessToken: true,
		}
	}
	go func() { _ = ui.NewServer(server_options.WithConfigProvider(c)).Start() }()
	waitFor(port)
}
