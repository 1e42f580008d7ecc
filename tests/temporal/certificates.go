// The certificates of the doors: an authority, a server's, a client's, made at each
// start into a folder (ca.pem, server.pem, server.key, client.pem, client.key).
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

type signer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func writePEM(path, kind string, bytes []byte) {
	check(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600), path)
}

// issue writes name.pem and name.key, signed by the authority, or by itself.
func issue(folder, name string, template *x509.Certificate, by *signer) *signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err, name)
	template.Subject = pkix.Name{CommonName: "fixture " + name}
	template.NotBefore = time.Now().Add(-time.Hour)
	template.NotAfter = time.Now().Add(24 * time.Hour)
	self := &signer{template, key}
	if by == nil {
		by = self
	}
	bytes, err := x509.CreateCertificate(rand.Reader, template, by.certificate, &key.PublicKey, by.key)
	check(err, name)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	check(err, name)
	writePEM(filepath.Join(folder, name+".pem"), "CERTIFICATE", bytes)
	writePEM(filepath.Join(folder, name+".key"), "PRIVATE KEY", private)
	return self
}

func makeCertificates(folder string) {
	check(os.MkdirAll(folder, 0o700), folder)
	authority := issue(folder, "ca", &x509.Certificate{
		SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}, nil)
	issue(folder, "server", &x509.Certificate{
		SerialNumber: big.NewInt(2), IPAddresses: []net.IP{net.ParseIP(host)},
		DNSNames: []string{"localhost"}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, authority)
	issue(folder, "client", &x509.Certificate{
		SerialNumber: big.NewInt(3), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, authority)
}

func doorTLS(folder string, mutual bool) *tls.Config {
	pair, err := tls.LoadX509KeyPair(filepath.Join(folder, "server.pem"), filepath.Join(folder, "server.key"))
	check(err, "the door's certificate")
	c := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if mutual {
		ca, err := os.ReadFile(filepath.Join(folder, "ca.pem"))
		check(err, "the door's authority")
		c.ClientCAs = x509.NewCertPool()
		c.ClientCAs.AppendCertsFromPEM(ca)
		c.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return c
}
