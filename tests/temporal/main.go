// A real Temporal server for the tests of the temporal backend, and for trying the
// board on: the server itself with SQLite, its HTTP API on a port of our choice, the
// UI server's proxy, doors with TLS and tokens in front of it, and the workers of the
// fixtures, in one process. Prints "ready PORT" when it serves.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
)

type options struct {
	httpPort, grpcPort  int
	database            string
	visibilityRPS       int
	runs, moving        bool
	load, long          int
	ui                  string
	doors, certificates string
	codec               string
	worker              string
	lost                bool
}

func parseOptions() options {
	var o options
	flag.IntVar(&o.httpPort, "http", 7243, "port of the HTTP API, on 127.0.0.1")
	flag.IntVar(&o.grpcPort, "grpc", 0, "port of the gRPC API (0: any)")
	flag.StringVar(&o.database, "db", "", "SQLite file; empty: in memory")
	flag.IntVar(&o.visibilityRPS, "visibility-rps", 10, "visibility calls a second")
	flag.BoolVar(&o.runs, "runs", true, "start the fixture runs")
	flag.BoolVar(&o.moving, "moving", false, "go on starting runs, to look at")
	flag.IntVar(&o.load, "load", 0, "start so many more short runs")
	flag.IntVar(&o.long, "long", 0, "start a run with so many events")
	flag.StringVar(&o.ui, "ui", "", "UI servers' proxies, PORT or PORT:SWITCHED+OFF, with commas between")
	flag.StringVar(&o.doors, "doors", "", "count=PORT,tls=PORT,mtls=PORT,token=PORT")
	flag.StringVar(&o.certificates, "certificates", "", "folder for the certificates of the doors")
	flag.StringVar(&o.codec, "codec", "", "port of a codec server")
	flag.StringVar(&o.worker, "worker", "", "be nothing but a worker of that identity on the queue \"lost\"")
	flag.BoolVar(&o.lost, "lost", false, "kill such a worker when it has reported itself")
	flag.Parse()
	reserve(o)
	return o
}

// Ports that are not open yet and yet not free: the command line's, and those given out.
var taken = map[int]bool{}

func reserve(o options) {
	words := fmt.Sprint(o.httpPort, o.grpcPort, o.ui, o.doors, o.codec)
	for _, number := range regexp.MustCompile("[0-9]+").FindAllString(words, -1) {
		port, _ := strconv.Atoi(number)
		taken[port] = true
	}
}

func anyPort() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err, "no free port")
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

func freePort() int {
	port := anyPort()
	for taken[port] {
		port = anyPort()
	}
	taken[port] = true
	return port
}

func check(err error, what string) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "temporal fixture: %s: %v\n", what, err)
		os.Exit(1)
	}
}

func hostPort(port int) string {
	return fmt.Sprintf("%s:%d", host, port)
}

// A client's workers report themselves so often; never: they do not.
const (
	heartbeat = time.Second
	never     = -1
)

func dialWith(o options, to client.Options) client.Client {
	to.HostPort = hostPort(o.grpcPort)
	to.Logger = sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(os.Stderr,
		&slog.HandlerOptions{Level: slog.LevelError + 4})))
	c, err := client.Dial(to)
	check(err, "the server does not answer")
	return c
}

func dial(o options, namespace, identity string, heartbeats time.Duration) client.Client {
	return dialWith(o, client.Options{
		Namespace: namespace, Identity: identity, WorkerHeartbeatInterval: heartbeats,
	})
}

func main() {
	o := parseOptions()
	if o.grpcPort == 0 {
		o.grpcPort = freePort()
	}
	if o.worker != "" {
		beWorker(o)
		return
	}
	server := startServer(o)
	c := dial(o, "default", "fixture@localhost", heartbeat)
	startWorkers(c)
	startLegacyWorker(dial(o, "default", "fixture@localhost", never))
	if o.lost {
		loseWorker(o)
	}
	if o.runs {
		startRuns(context.Background(), c)
		startElsewhere(context.Background(), dial(o, "payments", "fixture@localhost", never))
	}
	startSealed(o)
	startCodec(o)
	startLoad(context.Background(), c, o.load)
	startLong(context.Background(), c, o.long)
	startUIs(o)
	openDoors(o)
	if o.moving {
		go keepMoving(context.Background(), c)
	}
	fmt.Printf("ready %d\n", o.httpPort)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	<-stop
	done := make(chan struct{})
	go func() { _ = server.Stop(); close(done) }()
	select {
	case <-done:
	case <-time.After(3 * time.Second):
	}
}
