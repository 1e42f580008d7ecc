// Runs whose payloads and failures are encrypted, and the codec server that reads them
// for who brings the token of the doors.
package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"net"
	"net/http"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"
)

const (
	sealedQueue    = "sealed"
	sealedEncoding = "binary/encrypted"
)

type sealer struct{ aead cipher.AEAD }

func newSealer() sealer {
	block, err := aes.NewCipher([]byte("a key for tests!"))
	check(err, "the codec's key")
	aead, err := cipher.NewGCM(block)
	check(err, "the codec")
	return sealer{aead}
}

func (s sealer) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	var sealed []*commonpb.Payload
	for _, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return payloads, err
		}
		nonce := make([]byte, s.aead.NonceSize())
		if _, err := rand.Read(nonce); err != nil {
			return payloads, err
		}
		sealed = append(sealed, &commonpb.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(sealedEncoding)},
			Data:     s.aead.Seal(nonce, nonce, plain, nil),
		})
	}
	return sealed, nil
}

func (s sealer) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	var open []*commonpb.Payload
	for _, p := range payloads {
		if string(p.Metadata[converter.MetadataEncoding]) != sealedEncoding {
			open = append(open, p)
			continue
		}
		n := s.aead.NonceSize()
		plain, err := s.aead.Open(nil, p.Data[:n], p.Data[n:], nil)
		if err != nil {
			return payloads, err
		}
		one := &commonpb.Payload{}
		if err := proto.Unmarshal(plain, one); err != nil {
			return payloads, err
		}
		open = append(open, one)
	}
	return open, nil
}

// SealedApproval waits for a word; what for, only its memo says.
func SealedApproval(ctx workflow.Context, customer string) (string, error) {
	workflow.GetSignalChannel(ctx, "approve").Receive(ctx, nil)
	return "shipped to " + customer, nil
}

// SealedFailure fails, and why is for those who have the key.
func SealedFailure(workflow.Context, string) error {
	return temporal.NewNonRetryableApplicationError("card 4711 declined", "Declined",
		errors.New("no money"))
}

// SealedQuick is over at once; whose it was, only its memo says.
func SealedQuick(workflow.Context, string) error {
	return nil
}

func dialSealed(o options) client.Client {
	data := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), newSealer())
	return dialWith(o, client.Options{
		Namespace: "default", Identity: "fixture@localhost", DataConverter: data,
		FailureConverter: temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
			DataConverter: data, EncodeCommonAttributes: true,
		}),
	})
}

// The SDK itself leaves memos open, unless it is told otherwise.
func sealed(value any) converter.RawValue {
	plain, err := converter.GetDefaultDataConverter().ToPayload(value)
	check(err, "the memo")
	payloads, err := newSealer().Encode([]*commonpb.Payload{plain})
	check(err, "the memo")
	return converter.NewRawValue(payloads[0])
}

func startSealed(o options) {
	c := dialSealed(o)
	w := worker.New(c, sealedQueue, worker.Options{Identity: "worker-sealed@fixture"})
	w.RegisterWorkflow(SealedApproval)
	w.RegisterWorkflow(SealedFailure)
	w.RegisterWorkflow(SealedQuick)
	check(w.Start(), "the worker does not start")
	if !o.runs {
		return
	}
	memos := map[string]map[string]any{
		"sealed-1": {"waitingFor": sealed("Ship to Anna?")}, "sealed-3": {"customer": sealed("Anna")},
	}
	for id, f := range map[string]any{
		"sealed-1": SealedApproval, "sealed-2": SealedFailure, "sealed-3": SealedQuick,
	} {
		options := client.StartWorkflowOptions{
			ID: id, TaskQueue: sealedQueue, WorkflowIDReusePolicy: 2, Memo: memos[id],
		}
		_, err := c.ExecuteWorkflow(context.Background(), options, f, "Anna")
		check(err, id)
	}
}

// startCodec serves each namespace under its own path, as the address in a UI server's
// settings may have it.
func startCodec(o options) {
	if o.codec == "" {
		return
	}
	handler := converter.NewPayloadCodecHTTPHandler(newSealer())
	listener, err := net.Listen("tcp", net.JoinHostPort(host, o.codec))
	check(err, "the codec server")
	server := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+doorToken || r.URL.Path != "/default/decode" {
			http.Error(w, "not for you", http.StatusForbidden)
			return
		}
		handler.ServeHTTP(w, r)
	})}
	go func() { _ = server.Serve(listener) }()
}
