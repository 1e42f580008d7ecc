// The fixture workflows: one for each thing that the board has to show.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Decision is what an approval is answered with.
type Decision struct {
	Approved bool   `json:"approved"`
	Comment  string `json:"comment"`
	Reviewer string `json:"reviewer"`
}

// Order is the input of most fixtures.
type Order struct {
	ID     int64  `json:"id"`
	Amount string `json:"amount"`
}

var approvalStatus = temporal.NewSearchAttributeKeyKeyword("ApprovalStatus")

func short(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 200 * time.Millisecond, MaximumAttempts: 3},
	})
}

func verdict(d Decision) (string, error) {
	if d.Approved {
		return "approved by " + d.Reviewer, nil
	}
	return "", temporal.NewNonRetryableApplicationError("rejected: "+d.Comment, "Rejected", nil)
}

// ApprovalUpdate waits for the update "decide", whose validator wants a comment
// with a refusal and takes one decision only.
func ApprovalUpdate(ctx workflow.Context, order Order) (string, error) {
	var given *Decision
	err := workflow.SetUpdateHandlerWithOptions(ctx, "decide",
		func(_ workflow.Context, d Decision) (string, error) { given = &d; return "noted", nil },
		workflow.UpdateHandlerOptions{Validator: func(d Decision) error {
			if given != nil {
				return fmt.Errorf("already decided by %s", given.Reviewer)
			}
			if !d.Approved && d.Comment == "" {
				return errors.New("a rejection needs a comment")
			}
			return nil
		}})
	if err != nil {
		return "", err
	}
	if err := workflow.ExecuteActivity(short(ctx), ReserveStock, order).Get(ctx, nil); err != nil {
		return "", err
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, approvalStatus.ValueSet("PENDING")); err != nil {
		return "", err
	}
	workflow.SetCurrentDetails(ctx, "Refund of "+order.Amount+" waits for approval")
	if err := workflow.Await(ctx, func() bool { return given != nil }); err != nil {
		return "", err
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, approvalStatus.ValueSet("DECIDED")); err != nil {
		return "", err
	}
	return verdict(*given)
}

// ApprovalSignal waits for the signal "approve" with a decision as its argument.
func ApprovalSignal(ctx workflow.Context, order Order) (string, error) {
	var d Decision
	if err := workflow.UpsertMemo(ctx, map[string]any{"waitingFor": "the head of finance"}); err != nil {
		return "", err
	}
	workflow.GetSignalChannel(ctx, "approve").Receive(ctx, &d)
	return verdict(d)
}

// Request is what a person is asked for, and RequestDecision the answer to it.
type Request struct {
	ID   string `json:"request_id"`
	Tool string `json:"tool"`
}

type RequestDecision struct {
	ID       string `json:"request_id"`
	Approved bool   `json:"approved"`
}

// ApprovalQuery says by a query what it waits for, and hears the decision of that request only.
func ApprovalQuery(ctx workflow.Context) (string, error) {
	pending := &Request{ID: "r-" + workflow.GetInfo(ctx).WorkflowExecution.ID, Tool: "shell"}
	err := workflow.SetQueryHandler(ctx, "pending_approval", func() (*Request, error) { return pending, nil })
	if err != nil {
		return "", err
	}
	var d RequestDecision
	for d.ID != pending.ID {
		workflow.GetSignalChannel(ctx, "approval_decision").Receive(ctx, &d)
	}
	pending = nil
	return verdict(Decision{Approved: d.Approved})
}

// ApprovalNoArg waits for one of two signals that have no arguments.
func ApprovalNoArg(ctx workflow.Context) (string, error) {
	result := ""
	selector := workflow.NewSelector(ctx)
	for _, name := range []string{"approve", "reject"} {
		selector.AddReceive(workflow.GetSignalChannel(ctx, name), func(c workflow.ReceiveChannel, _ bool) {
			c.Receive(ctx, nil)
			result = name
		})
	}
	selector.Select(ctx)
	if result == "reject" {
		return "", temporal.NewNonRetryableApplicationError("rejected", "Rejected", nil)
	}
	return result, nil
}

// ApprovalAsync waits for an activity that somebody completes from outside.
func ApprovalAsync(ctx workflow.Context) (string, error) {
	var result string
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		ActivityID: "approval", StartToCloseTimeout: time.Hour,
	})
	err := workflow.ExecuteActivity(ctx, HumanApproval).Get(ctx, &result)
	return result, err
}

// Flaky succeeds at its third attempt.
func Flaky(ctx workflow.Context, order Order) (string, error) {
	var result string
	err := workflow.ExecuteActivity(short(ctx), ChargeCard, order).Get(ctx, &result)
	return result, err
}

// Retrying never succeeds and never gives up.
func Retrying(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second, Summary: "Deliver the parcel",
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 500 * time.Millisecond, BackoffCoefficient: 10, MaximumInterval: time.Hour},
	})
	return workflow.ExecuteActivity(ctx, Undeliverable).Get(ctx, nil)
}

// AlwaysFails has a chain of causes and a stack trace.
func AlwaysFails(ctx workflow.Context, order Order) error {
	if err := workflow.ExecuteActivity(short(ctx), ReserveStock, order).Get(ctx, nil); err != nil {
		return err
	}
	return workflow.ExecuteActivity(short(ctx), DeclineCard, order).Get(ctx, nil)
}

// Crashing has an activity that panics: a failure with a stack trace.
func Crashing(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
	})
	return workflow.ExecuteActivity(ctx, CrashActivity).Get(ctx, nil)
}

// BadCode fails its workflow task for ever.
func BadCode(workflow.Context) error {
	panic("this workflow's code is wrong")
}

// Parent has two children and a grandchild.
func Parent(ctx workflow.Context) error {
	id := workflow.GetInfo(ctx).WorkflowExecution.ID
	var futures []workflow.ChildWorkflowFuture
	for i := 1; i <= 2; i++ {
		child := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
			WorkflowID: fmt.Sprintf("%s-child-%d", id, i),
		})
		futures = append(futures, workflow.ExecuteChildWorkflow(child, Child, i))
	}
	for _, f := range futures {
		if err := f.Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

// Child ends at once where its number is 1, else it has a child of its own and then
// waits for a signal.
func Child(ctx workflow.Context, number int) (int, error) {
	if number > 1 {
		grandchild := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
			WorkflowID: workflow.GetInfo(ctx).WorkflowExecution.ID + "-child-1",
		})
		if err := workflow.ExecuteChildWorkflow(grandchild, Child, 1).Get(ctx, nil); err != nil {
			return 0, err
		}
		workflow.GetSignalChannel(ctx, "go").Receive(ctx, nil)
	}
	return number, nil
}

// Orphan has an activity on a task queue that nobody polls.
func Orphan(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Hour, TaskQueue: "nobody-polls",
	})
	return workflow.ExecuteActivity(ctx, ReserveStock, Order{}).Get(ctx, nil)
}

// Timers has a short one and a long one.
func Timers(ctx workflow.Context) error {
	if err := workflow.Sleep(ctx, 50*time.Millisecond); err != nil {
		return err
	}
	return workflow.Sleep(ctx, 24*time.Hour)
}

// Heartbeat has an activity that says how far it is and goes on until cancelled.
func Heartbeat(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 24 * time.Hour, HeartbeatTimeout: 30 * time.Second,
		WaitForCancellation: true,
	})
	return workflow.ExecuteActivity(ctx, CopyFiles).Get(ctx, nil)
}

// ContinueAsNew goes on twice in a new run.
func ContinueAsNew(ctx workflow.Context, left int) (int, error) {
	if left > 0 {
		return 0, workflow.NewContinueAsNewError(ctx, ContinueAsNew, left-1)
	}
	return left, nil
}

// Relay goes on as a new run when it is told to.
func Relay(ctx workflow.Context) error {
	workflow.GetSignalChannel(ctx, "go_on").Receive(ctx, nil)
	return workflow.NewContinueAsNewError(ctx, Relay)
}

// BigHistory makes one event a step.
func BigHistory(ctx workflow.Context, steps int) error {
	for i := 0; i < steps; i++ {
		workflow.SideEffect(ctx, func(workflow.Context) any { return i })
		if i%500 == 499 {
			if err := workflow.Sleep(ctx, time.Millisecond); err != nil {
				return err
			}
		}
	}
	return nil
}

// Quick is what load is made of.
func Quick(workflow.Context, int) (string, error) {
	return "ok", nil
}

// ReserveStock is an activity that works.
func ReserveStock(_ context.Context, order Order) (map[string]any, error) {
	return map[string]any{"reserved": true, "order": order.ID}, nil
}

// ChargeCard works at its third attempt.
func ChargeCard(ctx context.Context, order Order) (string, error) {
	if activity.GetInfo(ctx).Attempt < 3 {
		cause := temporal.NewApplicationErrorWithCause("HTTP 502", "Gateway", errors.New("connection reset by peer"))
		return "", temporal.NewApplicationErrorWithCause("the bank does not answer", "Bank", cause)
	}
	return "charged " + order.Amount, nil
}

// DeclineCard fails for good.
func DeclineCard(context.Context, Order) error {
	cause := temporal.NewApplicationErrorWithCause("HTTP 402", "Gateway", errors.New("limit exceeded"))
	return temporal.NewNonRetryableApplicationError("card declined", "Declined", cause)
}

// Undeliverable fails each time.
func Undeliverable(context.Context) error {
	return temporal.NewApplicationError("nobody at home", "Delivery")
}

// HumanApproval is completed from outside.
func HumanApproval(context.Context) (string, error) {
	return "", activity.ErrResultPending
}

// CopyFiles stays at three of ten.
func CopyFiles(ctx context.Context) error {
	for {
		activity.RecordHeartbeat(ctx, map[string]int{"done": 3, "total": 10})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// CrashActivity panics.
func CrashActivity(context.Context) error {
	panic("index out of range")
}
