// The runs that are there from the beginning. Starting is repeated
// without harm: a run that is there already stays.
package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
)

type fixture struct {
	id       string
	workflow any
	args     []any
	queue    string
	delay    time.Duration
}

func startRuns(ctx context.Context, c client.Client) {
	order := Order{ID: 9007199254740993, Amount: "120.50 EUR"}
	for _, f := range []fixture{
		{id: "approval-update-1", workflow: ApprovalUpdate, args: []any{order}},
		{id: "approval-update-2", workflow: ApprovalUpdate, args: []any{order}},
		{id: "approval-update-3", workflow: ApprovalUpdate, args: []any{order}},
		{id: "approval-signal-1", workflow: ApprovalSignal, args: []any{order}},
		{id: "approval-signal-2", workflow: ApprovalSignal, args: []any{order}},
		{id: "approval-noarg-1", workflow: ApprovalNoArg},
		{id: "approval-noarg-2", workflow: ApprovalNoArg},
		{id: "approval-async-1", workflow: ApprovalAsync},
		{id: "approval-async-2", workflow: ApprovalAsync},
		{id: "approval-query-1", workflow: ApprovalQuery},
		{id: "flaky-1", workflow: Flaky, args: []any{order}},
		{id: "retrying-1", workflow: Retrying},
		{id: "fails-1", workflow: AlwaysFails, args: []any{order}},
		{id: "fails-2", workflow: Crashing},
		{id: "badcode-1", workflow: BadCode},
		{id: "parent-1", workflow: Parent},
		{id: "timers-1", workflow: Timers},
		{id: "timers-2", workflow: Timers},
		{id: "timers-3", workflow: Timers},
		{id: "slash/1", workflow: Timers},
		{id: "orphan-1", workflow: Orphan},
		{id: "slash/2", workflow: Timers},
		{id: "slash/3", workflow: ApprovalNoArg},
		{id: "heartbeat-1", workflow: Heartbeat},
		{id: "continued-1", workflow: ContinueAsNew, args: []any{2}},
		{id: "relay-1", workflow: Relay},
		{id: "big-1", workflow: BigHistory, args: []any{5000}},
		{id: "noworker-1", workflow: Quick, args: []any{0}, queue: "nobody-polls"},
		{id: "legacy-1", workflow: Quick, args: []any{0}, queue: legacyQueue},
		{id: "delayed-1", workflow: Quick, args: []any{0}, delay: time.Hour},
	} {
		if f.queue == "" {
			f.queue = queue
		}
		_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
			ID: f.id, TaskQueue: f.queue, StartDelay: f.delay, StaticSummary: "fixture " + f.id,
			WorkflowIDReusePolicy: 2, // ALLOW_DUPLICATE_FAILED_ONLY: a restart adds none
		}, f.workflow, f.args...)
		if err != nil && f.id != "" {
			fmt.Println("already there:", f.id)
		}
	}
	_, _ = c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID:   "nightly",
		Spec: client.ScheduleSpec{CronExpressions: []string{"0 3 * * *"}},
		Action: &client.ScheduleWorkflowAction{
			ID: "nightly-run", Workflow: Quick, TaskQueue: queue, Args: []any{1},
		},
		Note: "a fixture",
	})
}

// startElsewhere fills the second namespace.
func startElsewhere(ctx context.Context, c client.Client) {
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: "payment-1", TaskQueue: "nobody-polls", WorkflowIDReusePolicy: 2,
	}, Quick, 1)
	check(err, "the second namespace")
}

const starters = 8

// startLoad starts short runs; every tenth on a queue that nobody polls.
func startLoad(ctx context.Context, c client.Client, n int) {
	var group sync.WaitGroup
	for k := 0; k < starters; k++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := k; i < n; i += starters {
				o := client.StartWorkflowOptions{ID: fmt.Sprintf("load-%05d", i), TaskQueue: queue}
				if i%10 == 0 {
					o.TaskQueue = "nobody-polls"
				}
				_, err := c.ExecuteWorkflow(ctx, o, Quick, i)
				check(err, "the load")
			}
		}()
	}
	group.Wait()
}

// startLong starts a run that nobody takes, and sends it n signals: an event each, in a batch of its own.
func startLong(ctx context.Context, c client.Client, n int) {
	if n == 0 {
		return
	}
	const id = "long-1"
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: "nobody-polls"}, Quick, 0)
	check(err, "the long run")
	var group sync.WaitGroup
	for k := 0; k < starters; k++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := k; i < n; i += starters {
				check(c.SignalWorkflow(ctx, id, "", "step", i), "the long run's signals")
			}
		}()
	}
	group.Wait()
}
