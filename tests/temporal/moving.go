// Something to look at: shipments that set out one after the other, each with a fate
// of its own.
package main

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

const (
	movingEvery   = 3 * time.Second
	legs          = 10
	approvalLimit = 3 * time.Minute
)

// Pack takes its time, and at every fourth shipment three attempts.
func Pack(ctx context.Context, number int) (string, error) {
	if number%4 == 1 && activity.GetInfo(ctx).Attempt < 3 {
		return "", temporal.NewApplicationErrorWithCause("the box is too small", "Box",
			fmt.Errorf("it needs %d cm more", number))
	}
	return fmt.Sprintf("parcel %d", number), nil
}

// Drive says after each leg how far it is; every seventh shipment has an accident.
func Drive(ctx context.Context, number int) error {
	for leg := 1; leg <= legs; leg++ {
		activity.RecordHeartbeat(ctx, map[string]int{"done": leg, "total": legs})
		if number%7 == 3 && leg == legs/2 {
			return temporal.NewNonRetryableApplicationError("a flat tyre", "Accident", nil)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return nil
}

// Shipment packs, asks at every third one whether it may go (the update "decide"),
// and drives; every fifth is driven by a child.
func Shipment(ctx workflow.Context, number int) (string, error) {
	if err := workflow.ExecuteActivity(slow(ctx), Pack, number).Get(ctx, nil); err != nil {
		return "", err
	}
	if number%3 == 0 {
		if err := permit(ctx, number); err != nil {
			return "", err
		}
	}
	if number%5 == 4 {
		return "by a partner", workflow.ExecuteChildWorkflow(ctx, Shipment, number*100).Get(ctx, nil)
	}
	return "delivered", workflow.ExecuteActivity(slow(ctx), Drive, number).Get(ctx, nil)
}

func slow(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute, HeartbeatTimeout: 5 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 2 * time.Second, MaximumAttempts: 4},
	})
}

// permit waits for a decision; nobody's decision is a refusal.
func permit(ctx workflow.Context, number int) error {
	var given *Decision
	err := workflow.SetUpdateHandler(ctx, "decide",
		func(_ workflow.Context, d Decision) (string, error) { given = &d; return "noted", nil })
	if err != nil {
		return err
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, approvalStatus.ValueSet("PENDING")); err != nil {
		return err
	}
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("May shipment %d leave?", number))
	decided, err := workflow.AwaitWithTimeout(ctx, approvalLimit, func() bool { return given != nil })
	if err != nil {
		return err
	}
	if !decided {
		given = &Decision{Comment: "nobody decided"}
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, approvalStatus.ValueSet("DECIDED")); err != nil {
		return err
	}
	_, err = verdict(*given)
	return err
}

func keepMoving(ctx context.Context, c client.Client) {
	for number := 1; ; number++ {
		_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
			ID: fmt.Sprintf("shipment-%d-%d", time.Now().Unix()%100000, number), TaskQueue: queue,
			StaticSummary: fmt.Sprintf("shipment %d", number),
		}, Shipment, number)
		if err != nil {
			return
		}
		time.Sleep(movingEvery)
	}
}
