// The UI server's proxy in front of the same server: the second endpoint.
package main

import (
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
	for _, name := range strings.FieldsFunc(names, func(r rune) bool { return r == ',' }) {
		*switches[name] = true
	}
}

func startUI(o options) {
	if o.uiPort == 0 {
		return
	}
	c := &config.Config{
		TemporalGRPCAddress: hostPort(o.grpcPort),
		Host:                host,
		Port:                o.uiPort,
		DefaultNamespace:    "default",
		HideLogs:            true,
	}
	disable(c, o.uiOff)
	go func() { _ = ui.NewServer(server_options.WithConfigProvider(c)).Start() }()
	waitFor(o.uiPort)
}
