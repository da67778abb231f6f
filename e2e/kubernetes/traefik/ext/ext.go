// Package ext is what another build of Traefik adds to its settings: nothing. Traefik's own module takes it from a folder
// beside it, which the module proxy does not serve.
package ext

// HTTP is added to the settings of HTTP.
type HTTP struct{}

// Router is added to the settings of a router.
type Router struct{}
