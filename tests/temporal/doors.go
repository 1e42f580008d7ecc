// Doors in front of the HTTP API: one that counts what is asked, with TLS, with
// client certificates, with a bearer token. Each says at /_door/calls what came through.
package main

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const doorToken = "fixture-token"

// calls is what went through a door.
type calls struct {
	lock       sync.Mutex
	Visibility int   `json:"visibility"` // in the server's bucket for lists
	Other      int   `json:"other"`
	Polls      int   `json:"polls"`   // long polls that were begun, of the others
	Peak       int   `json:"peak"`    // most visibility calls within a second
	BusyMS     int64 `json:"busy_ms"` // what the server took for all of them
	listed     []time.Time
}

// Lists and counts of anything are visibility calls.
func isVisibility(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/api/v1/namespaces/"), "/")
	if len(parts) != 2 {
		return false
	}
	switch parts[1] {
	case "workflows", "workflow-count", "schedules", "schedule-count", "batch-operations",
		"workers", "worker-deployments", "archived-workflows":
		return true
	}
	return false
}

func (c *calls) end(began time.Time) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.BusyMS += time.Since(began).Milliseconds()
}

func (c *calls) begin(u *url.URL, began time.Time) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if !isVisibility(u.Path) {
		c.Other++
		if u.Query().Has("waitNewEvent") {
			c.Polls++
		}
		return
	}
	c.Visibility++
	c.listed = append(c.listed, began)
	for len(c.listed) > 0 && began.Sub(c.listed[0]) >= time.Second {
		c.listed = c.listed[1:]
	}
	c.Peak = max(c.Peak, len(c.listed))
}

// tell writes what was counted, and begins anew.
func (c *calls) tell(w http.ResponseWriter) {
	c.lock.Lock()
	defer c.lock.Unlock()
	_ = json.NewEncoder(w).Encode(c)
	c.Visibility, c.Other, c.Polls, c.Peak, c.BusyMS, c.listed = 0, 0, 0, 0, 0, nil
}

func refuse(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = w.Write([]byte(`{"code":16,"message":"Request unauthorized.","details":[]}`))
}

func doorTo(target string, token string) http.Handler {
	u, err := url.Parse(target)
	check(err, target)
	proxy := httputil.NewSingleHostReverseProxy(u)
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	c := &calls{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/_door/calls":
			c.tell(w)
		case token != "" && r.Header.Get("Authorization") != "Bearer "+token:
			refuse(w)
		default:
			began := time.Now()
			c.begin(r.URL, began)
			proxy.ServeHTTP(w, r)
			c.end(began)
		}
	})
}

func openDoor(o options, kind, port string) {
	token := ""
	if kind == "token" {
		token = doorToken
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	check(err, "the door "+kind)
	if kind == "tls" || kind == "mtls" {
		listener = tls.NewListener(listener, doorTLS(o.certificates, kind == "mtls"))
	}
	handler := doorTo("http://"+hostPort(o.httpPort), token)
	server := http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(listener) }()
}

func split(list string, by rune) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == by })
}

func openDoors(o options) {
	if strings.Contains(o.doors, "tls=") {
		makeCertificates(o.certificates)
	}
	for _, door := range split(o.doors, ',') {
		kind, port, _ := strings.Cut(door, "=")
		openDoor(o, kind, port)
	}
}

// waitFor returns when something listens there.
func waitFor(port int) {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		c, err := net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
