// The Temporal server in this process: SQLite, one shard, no file of configuration.
package main

import (
	"fmt"
	"os"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
	schema "go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
)

const host = "127.0.0.1"

func sqlConfig(o options) (*config.SQL, bool) {
	attributes := map[string]string{"mode": "memory", "cache": "shared"}
	name := "runboard-fixture"
	fresh := true
	if o.database != "" {
		attributes = map[string]string{"mode": "rwc", "journal_mode": "wal", "synchronous": "off"}
		name = o.database
		_, err := os.Stat(name)
		fresh = os.IsNotExist(err)
	}
	return &config.SQL{
		PluginName:        sqlite.PluginName,
		DatabaseName:      name,
		ConnectAttributes: attributes,
	}, fresh && o.database != ""
}

func service(grpc, http int) config.Service {
	return config.Service{RPC: config.RPC{
		GRPCPort: grpc, HTTPPort: http, BindOnIP: host, MembershipPort: freePort(),
	}}
}

func makeConfig(o options, sql *config.SQL) *config.Config {
	address := fmt.Sprintf("%s:%d", host, o.grpcPort)
	return &config.Config{
		Global: config.Global{Membership: config.Membership{
			MaxJoinDuration: 30 * time.Second, BroadcastAddress: host,
		}},
		Persistence: config.Persistence{
			DefaultStore: "sqlite", VisibilityStore: "sqlite", NumHistoryShards: 1,
			DataStores: map[string]config.DataStore{"sqlite": {SQL: sql}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        "active",
			CurrentClusterName:       "active",
			ClusterInformation: map[string]cluster.ClusterInformation{"active": {
				Enabled: true, InitialFailoverVersion: 1, RPCAddress: address,
			}},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			"frontend": service(o.grpcPort, o.httpPort),
			"history":  service(freePort(), 0),
			"matching": service(freePort(), 0),
			"worker":   service(freePort(), 0),
		},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
		PublicClient: config.PublicClient{HostPort: address},
	}
}

func staticHosts(c *config.Config) map[primitives.ServiceName]static.Hosts {
	hosts := map[primitives.ServiceName]static.Hosts{}
	for name, s := range c.Services {
		hosts[primitives.ServiceName(name)] =
			static.SingleLocalHost(fmt.Sprintf("%s:%d", host, s.RPC.GRPCPort))
	}
	return hosts
}

// Two, of which the second has no attribute of its own.
func createNamespaces(sql *config.SQL) {
	namespace, err := schema.NewNamespaceConfig("active", "default", false,
		map[string]enumspb.IndexedValueType{
			"ApprovalStatus": enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		})
	check(err, "the namespace")
	payments, err := schema.NewNamespaceConfig("active", "payments", false, nil)
	check(err, "the second namespace")
	check(schema.CreateNamespaces(sql, namespace, payments), "the namespaces")
}

func startServer(o options) temporal.Server {
	sql, fresh := sqlConfig(o)
	if fresh {
		check(schema.SetupSchema(sql), "the schema")
	}
	createNamespaces(sql)
	c := makeConfig(o, sql)
	server, err := temporal.NewServer(
		temporal.WithConfig(c),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(staticHosts(c)),
		temporal.WithLogger(log.NewNoopLogger()),
		temporal.WithDynamicConfigClient(dynamicconfig.StaticClient{
			dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): o.visibilityRPS,
			dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key():      true,
			dynamicconfig.MakeKey("frontend.WorkflowPauseEnabled"):           true,
			dynamicconfig.MakeKey("frontend.enableUpdateWorkflowExecution"):  true,
			dynamicconfig.MakeKey("history.workflowIdReuseMinimalInterval"):  "0s",
			dynamicconfig.MakeKey("history.maximumSignalsPerExecution"):      60000,
		}),
	)
	check(err, "the server")
	check(server.Start(), "the server does not start")
	return server
}
