// The workers: one that reports itself, an old one that does not, and one that is
// killed after it did.
package main

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
)

const (
	queue       = "fixtures"
	legacyQueue = "legacy"
	lostQueue   = "lost"
	lostWorker  = "worker-lost@fixture"
)

func startWorkers(c client.Client) {
	w := worker.New(c, queue, worker.Options{Identity: "worker-a@fixture"})
	for _, f := range []any{ApprovalUpdate, ApprovalSignal, ApprovalNoArg, ApprovalAsync, ApprovalQuery, Flaky,
		Retrying, AlwaysFails, Crashing, BadCode, Orphan, Parent, Child, Timers, Heartbeat, ContinueAsNew,
		Relay, BigHistory, Quick, Shipment} {
		w.RegisterWorkflow(f)
	}
	for _, f := range []any{ReserveStock, ChargeCard, DeclineCard, Undeliverable, HumanApproval,
		CopyFiles, CrashActivity, Pack, Drive} {
		w.RegisterActivity(f)
	}
	check(w.Start(), "the worker does not start")
}

func startQuick(c client.Client, on, identity string) {
	w := worker.New(c, on, worker.Options{Identity: identity})
	w.RegisterWorkflow(Quick)
	check(w.Start(), "the worker does not start")
}

func startLegacyWorker(c client.Client) {
	startQuick(c, legacyQueue, "worker-old@fixture")
}

func beWorker(o options) {
	startQuick(dial(o, "default", o.worker, heartbeat), lostQueue, o.worker)
	select {}
}

func hasReported(c client.Client, identity string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	list, err := c.WorkflowService().ListWorkers(ctx, &workflowservice.ListWorkersRequest{
		Namespace: "default", Query: "WorkerIdentity = '" + identity + "'",
	})
	return err == nil && len(list.GetWorkers()) > 0
}

// loseWorker kills a worker, which has no time to say goodbye.
func loseWorker(o options) {
	c := dial(o, "default", "fixture@localhost", never)
	lost := exec.Command(os.Args[0], "-worker", lostWorker, "-grpc", strconv.Itoa(o.grpcPort))
	check(lost.Start(), "the worker that is to be lost")
	for end := time.Now().Add(time.Minute); !hasReported(c, lostWorker) && time.Now().Before(end); {
		time.Sleep(100 * time.Millisecond)
	}
	_ = lost.Process.Kill()
	_ = lost.Wait()
	c.Close()
}
